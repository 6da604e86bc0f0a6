"""The worker as a child of `banyan serve`; see `web` for the arguments."""

import os
import sys

from banyan.kernel.settings import Settings
from banyan.worker.lifeline import end_with_parent, importing, wait_for_parent
from banyan.worker.run import application_jobs, run

NICENESS = 10  # where processors are scarce, those who wait for an answer go first

root = sys.argv[3].split(":")[0]
with importing():
    application_jobs(root)
wait_for_parent()
end_with_parent()
os.nice(NICENESS)
run(Settings.from_environment(), ready=int(sys.argv[2]), root=root)
