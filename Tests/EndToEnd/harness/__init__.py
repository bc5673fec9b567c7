"""What the cases share: registration, waiting, and what counts as a failure (any exception; AssertionError's text is shown)."""
import time
from collections import namedtuple

Case = namedtuple("Case", "name body seconds last")
CASES = []


def case(body=None, *, seconds=90, last=False):
    """Marks a function as a case. It gets the House. `last`: it looks at what all others left behind."""
    if body is None:
        return lambda function: case(function, seconds=seconds, last=last)
    area = body.__module__.replace("_", " ")
    CASES.append(Case("%s: %s" % (area, body.__name__.replace("_", " ")), body, seconds, last))
    return body


def wait(what, condition, seconds=15, every=0.1):
    """The first true value of `condition()`; an exception in it counts as not yet."""
    end, trouble = time.monotonic() + seconds, None
    while time.monotonic() < end:
        try:
            value = condition()
            if value:
                return value
        except AssertionError as error:
            trouble = error
        except (OSError, ValueError, KeyError, IndexError) as error:
            trouble = error
        time.sleep(every)
    raise AssertionError("waited %s s for %s%s" % (seconds, what, ": %s" % trouble if trouble else ""))


def equal(found, wanted, what):
    assert found == wanted, "%s: expected %r, found %r" % (what, wanted, found)
