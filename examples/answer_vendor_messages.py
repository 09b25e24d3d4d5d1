"""A vendor's own messages, answered: the whole of an extension.

Put the module where Python finds it, and name it in the configuration:

    [data_transfer]
    "org.example" = "answer_vendor_messages"

or, from an installed package, in its pyproject.toml:

    [project.entry-points."chargepoint.data_transfer"]
    "org.example" = "answer_vendor_messages"

The central system then gets an answer to DataTransfer with vendorId org.example, in OCPP
1.6 and 2.0.1. A function runs in a thread of its own, never in the way of a charging car.
"""

import asyncio
import json


def price(data):
    """The central system shows a price. 1.6 sends texts only: ask for JSON in them."""
    euros = float(json.loads(data)["per_kwh"])
    if euros < 0:
        raise ValueError("nobody pays us for charging")  # answered with Rejected
    return f"{euros:.2f} EUR/kWh it is"


async def wait(data):
    """Functions may be async. What they return is the data of the answer."""
    await asyncio.sleep(float(data or 0))


MESSAGES = {"Price": price, "Wait": wait}
