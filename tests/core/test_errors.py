import pytest

from thumblab.core import errors
from thumblab.core.errors import ThumblabError, unknown

EXIT_CODES = {
    "ThumblabError": 1,
    "UsageError": 2,
    "ShapeError": 2,
    "UntrustedError": 2,
    "MissingRuleError": 2,
    "DataError": 3,
    "RunError": 4,
    "DivergedError": 5,
    "WriteError": 6,
    "OutOfMemoryError": 7,
}


def test_every_error_has_its_documented_exit_code() -> None:
    found = {
        name: kind.exit_code
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, ThumblabError)
    }
    assert found == EXIT_CODES
    for name, code in EXIT_CODES.items():
        assert f"{name} " in (errors.__doc__ or "")
        assert str(code) in (errors.__doc__ or "")


def test_errors_are_also_what_python_calls_them() -> None:
    assert issubclass(errors.ShapeError, ValueError)
    assert issubclass(errors.MissingRuleError, TypeError)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Cnov", "unknown layer 'Cnov'; did you mean 'Conv'? known: Conv, Dense, ReLU"),
        ("xyz", "unknown layer 'xyz'; known: Conv, Dense, ReLU"),
        ("", "unknown layer ''; known: Conv, Dense, ReLU"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_and_all(name: str, message: str) -> None:
    error = unknown("layer", name, ["ReLU", "Dense", "Conv"])
    assert str(error) == message
    assert error.exit_code == 2
