from thumblab.study.event import ENDED, Event


def test_an_event_is_plain_data_and_back() -> None:
    event = Event("epoch", "0123456789ab", epoch=1, epochs=2, accuracy=0.5, worker=3)
    assert Event(**event.to_json()) == event
    assert "epoch" not in ENDED
