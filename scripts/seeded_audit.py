"""Bugs in the audit's rules: each makes one of them silent about its fault, or see it where there is none."""

from __future__ import annotations

from seeded_bugs import Bug

RULES = ("tests/contract/test_rules.py",)

AUDIT = (
    Bug(
        "epochs chosen on test images pass",
        "audit/selection/held_out.py",
        "        if share >= MOSTLY:",
        "        if share > 1:",
        RULES,
    ),
    Bug(
        "the worst of several seeds is called their best",
        "audit/selection/seeds.py",
        "min(own) < max(left)",
        "min(own) > max(left)",
        RULES,
    ),
    Bug(
        "declared looks are no looks",
        "audit/selection/plan.py",
        'looks != "any" and each.seeds not in looks',
        'looks != "any"',
        RULES,
    ),
    Bug(
        "training images in the test part, looked for among validation images",
        "audit/split_data.py",
        "return np.unique(self.train.digests)",
        "return np.unique(self.validation.digests)",
        RULES,
    ),
    Bug(
        "near copies of any two digits",
        "audit/data/near.py",
        "ALIKE = {1: 0.99, 3: 0.95}",
        "ALIKE = {1: 0.9, 3: 0.95}",
        RULES,
    ),
    Bug(
        "a confident network makes every mistake a wrong label",
        "audit/data/labels.py",
        "np.maximum(usual, SURE)",
        "usual",
        ("tests/audit/data/test_labels.py",),
    ),
    Bug(
        "an input is what is stored, not what is seen",
        "audit/data/inputs.py",
        '    values = (images - np.array(about["shift"])) * np.array(about["scale"])',
        '    values = images - np.array(about["shift"])',
        RULES,
    ),
    Bug(
        "weights that weight decay alone moved count as trained",
        "audit/model/weights.py",
        "    return 0 < factor < 1 and rest",
        "    return factor > 1 and rest",
        RULES,
    ),
    Bug(
        "a weight is read where its gradient is not 0",
        "audit/network.py",
        "        names = tuple(name for name in names if not _changes(network, name, few, before))\n",
        "",
        ("tests/audit/test_network.py",),
    ),
    Bug(
        "a unit that is 0 once is dead",
        "audit/model/units.py",
        "    highest: Array = y.max(axes)",
        "    highest: Array = y.min(axes)",
        RULES,
    ),
    Bug(
        "an activation behind a pool is no head",
        "audit/model/head.py",
        "            if not isinstance(layer, PASSING):\n                break",
        "            break",
        RULES,
    ),
    Bug(
        "a network that is as good as guessing passes",
        "audit/training/outcome.py",
        "if right <= guess + ERRORS * error < 1:",
        "if right < guess - ERRORS * error:",
        RULES,
    ),
    Bug(
        "a fall at the beginning is one at the end",
        "audit/training/curves.py",
        "if fall.epoch > epochs - _last(epochs)",
        "if fall.epoch > 0",
        RULES,
    ),
    Bug(
        "the loss of another epoch is held against the logits",
        "audit/training/outcome.py",
        "float(curve[each.weights_epoch - 1])",
        "float(curve[0])",
        RULES,
    ),
    Bug(
        "shuffled labels differ between copies of an image",
        "audit/training/control.py",
        "permutation(first)[groups]",
        "permutation(labels)",
        ("tests/audit/training/test_control.py",),
    ),
    Bug(
        "predictions that depend on their batch are asked for in one batch",
        "audit/evaluation/predictions.py",
        "network.predict(images[i : i + 1])",
        "network.predict(images)[i : i + 1]",
        RULES,
    ),
    Bug(
        "a study of budgets has unequal budgets",
        "audit/comparison/fairness.py",
        "if equal is None or differing(first[0].experiment, second[0].experiment) <= BUDGET:",
        "if equal is None:",
        RULES,
    ),
    Bug(
        "seeds that draw their split are unlike",
        "audit/comparison/fairness.py",
        "if each.experiment.seed == run.experiment.seed]",
        "if each.experiment.seed == 0]",
        RULES,
    ),
    Bug(
        "perfect networks are copies of each other",
        "audit/comparison/sameness.py",
        "or wrong < FEWEST_ERRORS:",
        "and wrong < FEWEST_ERRORS:",
        RULES,
    ),
    Bug(
        "weight decay in the gradient has no scale",
        "audit/comparison/sameness.py",
        'return adaptive and (decoupled or not getattr(inner, "weight_decay", 0))',
        "return adaptive",
        ("tests/audit/comparison/test_sameness.py",),
    ),
    Bug(
        "a rule that a study ignores is silent about the reason",
        "audit/catalog.py",
        '        what=f"{finding.what} (ignored: {reason})",\n',
        "",
        ("tests/audit/test_catalog.py",),
    ),
)
