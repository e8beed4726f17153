from thumblab.study.trial import Trial, TrialEvent, best_of


def test_the_best_is_the_first_of_the_highest_that_are_done() -> None:
    trials = [
        Trial(0, {"batch": 1}, "pruned", 0.9),
        Trial(1, {}, "diverged"),
        Trial(2, {"batch": 2}, "done", 0.5),
        Trial(4, {"batch": 3}, "done", 0.5),
    ]
    assert best_of(trials) == trials[2]
    assert best_of(trials[:2]) is None
    assert best_of([]) is None


def test_an_event_is_plain_data() -> None:
    event = TrialEvent("done", "plain", 3, {"batch": 2}, accuracy=0.5)
    assert event.to_json()["settings"] == {"batch": 2}
    assert TrialEvent(**event.to_json()) == event
