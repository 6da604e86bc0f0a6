"""The worker as a child of `banyan serve`.

Arguments are a socket (unused) and the descriptor to report on.
"""

import sys

from banyan.kernel.settings import Settings
from banyan.worker.lifeline import end_with_parent
from banyan.worker.run import run

end_with_parent()
run(Settings.from_environment(), ready=int(sys.argv[2]), root=sys.argv[3].split(":")[0])
