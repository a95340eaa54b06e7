import os
import uuid

from openai import APIConnectionError, OpenAI

client = OpenAI(
    api_key=os.environ["API_KEY"],
    base_url=os.environ["BASE_URL"],
    max_retries=0,
)
tickets = {}


def book_ticket(booking_id):
    return tickets.setdefault(booking_id, f"ticket {len(tickets) + 1}")


def book_and_tell(booking_id, fault):
    ticket = book_ticket(booking_id)
    client.chat.completions.create(
        model="gpt-oss-120b",
        messages=[{"role": "user", "content": f"Say politely: {ticket} is booked."}],
        extra_headers={"X-Sandbox-Fault": fault} if fault else {},
    )


def try_twice(new_id_each_time):
    tickets.clear()
    booking_id = uuid.uuid4()
    for fault in ("connection-lost", None):
        try:
            book_and_tell(uuid.uuid4() if new_id_each_time else booking_id, fault)
        except APIConnectionError:
            print("  The connection broke after the booking. Once more:")
    print(f"  Booked: {', '.join(tickets.values())}")


print("A new id for each try")
try_twice(new_id_each_time=True)
print("One id, made before the first try")
try_twice(new_id_each_time=False)
