"""What providers and engine both need of the network; knows nothing of the product."""

import sys
from typing import cast

# httpx imports its own command line where it can, and with it rich, click and pygments: 6 MB and a tenth of a second for
# nothing. A None among the modules makes that import fail, for which httpx is prepared.
cast("dict[str, object]", sys.modules).setdefault("httpx._main", None)
