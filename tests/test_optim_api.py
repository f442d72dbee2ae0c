"""The names, signatures and docstrings of fast_augment.optim."""

import doctest
import inspect
import re
import threading

import numpy as np
import pytest

import fast_augment as fa
from fast_augment import optim
from helpers.process import output_of

SETTINGS = (
    "*, maximize=False, max_grad_norm=None, norm_type=2.0, nonfinite='error', zero_grads=False,"
    " write_clipped=False, threads=None)"
)
ADAM = "(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay={}, amsgrad=False, "
SIGNATURES = {
    "SGD": "(params, lr=0.001, momentum=0, dampening=0, weight_decay=0, nesterov=False, "
    + SETTINGS,
    "Adam": ADAM.format("0") + SETTINGS,
    "AdamW": ADAM.format("0.01") + SETTINGS,
}
METHODS = ["step", "add_param_group", "state_dict", "load_state_dict"]
DOCUMENTED = [
    *[getattr(optim, name) for name in optim.__all__ if name != "Optimizer"],
    *[getattr(optim.Optimizer, name) for name in METHODS],
]
every_object = pytest.mark.parametrize("documented", DOCUMENTED, ids=lambda o: o.__qualname__)


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name):
    signature = inspect.signature(getattr(optim, name))
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]

    assert (
        str(signature.replace(parameters=bare, return_annotation=signature.empty))
        == (SIGNATURES[name])
    )
    assert all(p.annotation is not p.empty for p in signature.parameters.values())


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_and_defaults_are_those_of_torch(name):
    torch = pytest.importorskip("torch")
    theirs = inspect.signature(getattr(torch.optim, name)).parameters
    for key, parameter in inspect.signature(getattr(optim, name)).parameters.items():
        if key in theirs and key != "params":
            assert parameter.default == theirs[key].default, key


@every_object
def test_docstrings_describe_every_parameter(documented):
    parameters = [name for name in inspect.signature(documented).parameters if name != "self"]
    described = []
    for line in inspect.cleandoc(documented.__doc__).splitlines():
        match = re.match(r"(\w+(?:, \w+)*)(?: : |$)", line)
        if match:
            described += [name for name in match[1].split(", ") if name in parameters]

    assert described == parameters


@every_object
def test_examples_run(documented):
    runner = doctest.DocTestRunner()
    finder = doctest.DocTestFinder(recurse=False)
    examples = finder.find(documented, documented.__qualname__, globs={"fa": fa, "np": np})
    report = []
    for example in examples:
        runner.run(example, out=report.append)

    assert runner.tries > 0, "no examples"
    assert runner.failures == 0, "".join(report)


def test_torch_is_not_imported():
    script = """
    import sys
    import fast_augment as fa
    import numpy as np
    optimizer = fa.optim.AdamW([np.zeros(3)])
    optimizer.step([np.ones(3)])
    fa.optim.to_flat(optimizer.state_dict())
    print("torch" in sys.modules)
    """
    assert output_of(script) == "False"


def test_two_steps_at_once_do_not_meet():
    """While one thread steps, another is refused; both may step in turn."""
    params, grads = [np.ones(2_000_000)], [np.ones(2_000_000)]
    optimizer = optim.AdamW(params, threads=1)
    outcomes = []

    def run():
        for _ in range(20):
            try:
                optimizer.step(grads)
                outcomes.append("")
            except RuntimeError as error:
                outcomes.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    stepped = outcomes.count("")
    assert len(outcomes) == 40
    assert set(outcomes) <= {"", "AdamW.step: another thread is in the middle of a step"}
    assert int(optimizer.state_dict()["state"][0]["step"]) == stepped
