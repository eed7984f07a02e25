"""A lock and real forks."""

import gc
import os
import subprocess
import sys
import weakref

from evalgate.adapters.fork_lock import ForkLock

HELD = """
import os, threading
from evalgate.adapters.fork_lock import ForkLock

lock, held, done = ForkLock(), threading.Event(), threading.Event()

def hold():
    with lock:
        held.set()
        done.wait()

thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if not child:
    with lock:
        os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
done.set()
thread.join()
with lock:
    print("free")
"""


def test_a_child_finds_the_lock_free_that_a_thread_of_its_parent_holds() -> None:
    command = (sys.executable, "-c", HELD)
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert answer.stdout == "7\nfree\n"


def test_a_lock_is_not_kept_alive_by_what_it_asks_of_forks() -> None:
    lock = ForkLock()
    gone = weakref.ref(lock)
    del lock
    gc.collect()
    assert gone() is None
    child = os.fork()
    if not child:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


LEFT = """
import os, sys
from evalgate.adapters.fork_lock import call_in_children, leave_to_parent

class Tidy:
    def __del__(self):
        print("tidied", os.getpid() == parent, flush=True)

class Holder:
    def __init__(self):
        self.thing = Tidy()
        call_in_children(self.leave)

    def leave(self):
        leave_to_parent(self.thing)
        self.thing = None

parent, holder = os.getpid(), Holder()
child = os.fork()
if not child:
    sys.exit(0)
os.waitpid(child, 0)
del holder
"""


def test_what_is_left_to_the_parent_is_tidied_up_by_it_alone() -> None:
    command = (sys.executable, "-c", LEFT)
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert answer.stdout == "tidied True\n"


AWAITED = """
import os, threading
from evalgate.adapters.fork_lock import awaited_at_fork

lock, held, pair = awaited_at_fork(), threading.Event(), [0, 0]

def change():
    with lock:
        pair[0] = 1
        held.set()
        threading.Event().wait(0.2)
        pair[1] = 1

thread = threading.Thread(target=change)
thread.start()
held.wait()
child = os.fork()
if not child:
    with lock:
        os._exit(7 if pair == [1, 1] else 8)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
thread.join()
with lock:
    print("free")
"""


def test_a_fork_waits_for_a_change_and_both_find_the_lock_free() -> None:
    command = (sys.executable, "-c", AWAITED)
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert answer.stdout == "7\nfree\n"
