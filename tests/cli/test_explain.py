from thumblab.config.catalog import entries, kinds


def test_everything_that_has_a_name_is_listed_and_explained(cli):
    assert cli("list", "--json").json == {kind: len(entries(kind)) for kind in kinds()}
    for kind in kinds():
        listed = cli("list", kind, "--json").json
        assert [each["name"] for each in listed] == [each.name for each in entries(kind)]
        assert all(each["about"] for each in listed)
        (told,) = [e for e in cli("explain", listed[0]["name"], "--json").json if e["kind"] == kind]
        assert told["about"].startswith(listed[0]["about"])


def test_an_explanation_has_formula_source_and_arguments_of_bases_too(cli):
    told = cli("explain", "adamw").out
    assert "w -= rate * decay * w" in told
    assert "arXiv:1711.05101" in told
    assert "beta1" in told
    assert "(to be given)" in cli("explain", "conv").out
    (conv,) = cli("explain", "conv", "--json").json
    assert conv["arguments"][0] == {
        "name": "channels",
        "type": "a whole number",
        "default": None,
        "required": True,
        "about": "Output channels.",
    }


def test_an_unknown_name_is_one_line(cli):
    ended = cli("explain", "adamm")
    assert (ended.code, len(ended.lines)) == (2, 1)
    assert "did you mean 'adam'" in ended.err
    assert "unknown kind of things 'x'; known: " in cli("list", "x").err
