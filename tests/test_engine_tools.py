"""Choosing tools, filling arguments, asking back, answering from results. The tools here are the tests' own."""

import json
import random
from typing import Any

import jsonschema
import pytest
from test_engine_schemas import TEXTS, random_schema

from sandbox.engines.schemas import NoInstance
from sandbox.engines.tools import Decision, ToolCall, answer_from_results, decide

STRING = {"type": "string"}
INTEGER = {"type": "integer"}


def tool(
    name: str, description: str | None = None, required: list[str] | None = None, **properties: Any
) -> dict[str, Any]:
    function: dict[str, Any] = {"name": name}
    if description is not None:
        function["description"] = description
    if properties:
        needed = list(properties) if required is None else required
        function["parameters"] = {"type": "object", "properties": properties, "required": needed}
    return {"type": "function", "function": function}


TIDES = tool("get_tides", "Tide times of a harbor", harbor={"type": "string", "description": "Name of the harbor"})
FERRY = tool(
    "bookFerry",
    "Book a ferry crossing",
    ["origin", "destination", "passengers"],
    origin=STRING,
    destination=STRING,
    passengers={"type": "integer", "minimum": 1},
    cabin={"type": "string", "enum": ["seat", "inside", "outside"]},
)
CLOCK = tool("clock.now", "Current time in a city", city=STRING)
LAMP = tool("switch_lamp", "Switch a lamp on or off", room=STRING, state={"type": "string", "enum": ["on", "off"]})
STOP = tool("stop_everything")
TOOLS = [TIDES, FERRY, CLOCK, LAMP, STOP]


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def called(name: str, number: int = 0, **arguments: Any) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": f"c{number}", "type": "function", "function": function}],
    }


def result(content: Any, number: int = 0) -> dict[str, Any]:
    return {
        "role": "tool",
        "tool_call_id": f"c{number}",
        "content": content if isinstance(content, str) else json.dumps(content),
    }


def calls(text: str, tools: list[dict[str, Any]] = TOOLS, **options: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(call.name, call.arguments) for call in decide([user(text)], tools, **options).calls]


def test_chooses_by_name_and_description() -> None:
    assert calls("When is high tide in Emden?") == [("get_tides", {"harbor": "Emden"})]
    assert calls("What time is it in Lima?") == [("clock.now", {"city": "Lima"})]
    assert calls("Stop everything!") == [("stop_everything", {})]


@pytest.mark.parametrize(
    "text", ["Hello", "", "What is the capital of France?", "Thank you very much!", "🙂", "Write a poem"]
)
def test_no_tool_fits(text: str) -> None:
    assert decide([user(text)], TOOLS) == Decision([], None)


def test_fills_arguments() -> None:
    arguments = {"origin": "Kiel", "destination": "Oslo", "passengers": 2, "cabin": "outside"}
    assert calls("Book a ferry from Kiel to Oslo for two people, outside cabin") == [("bookFerry", arguments)]
    assert calls("Switch the lamp in the living room off") == [("switch_lamp", {"room": "living room", "state": "off"})]


def test_one_call_for_each_value_and_each_clause() -> None:
    assert calls("Tides in Emden, Husum and Kiel?") == [
        ("get_tides", {"harbor": name}) for name in ("Emden", "Husum", "Kiel")
    ]
    both = calls("When is high tide in Emden and what time is it in Lima?")
    assert both == [("get_tides", {"harbor": "Emden"}), ("clock.now", {"city": "Lima"})]
    assert calls("Tides in Emden and Husum?", parallel=False) == [("get_tides", {"harbor": "Emden"})]


RENT = tool("rent_kayak", "Hire a kayak at a jetty", jetty=STRING, hours=INTEGER)
PERMIT = tool("extend_permit", "Prolong a fishing permit", permit_id={"type": "string", "description": "Permit number"})
GUIDE = tool(
    "book_tour",
    "Arrange a tour",
    guest={"type": "string", "description": "Name of the guest"},
    guide={"type": "string", "description": "Name of the guide"},
    date=STRING,
    time=STRING,
)
SKIPPER = tool("get_skipper", "Look up a skipper", skipper={"type": "string", "description": "Full name of the person"})
FORECAST = tool("sea_weather", "Weather forecast for a harbor", harbor={"type": "string", "description": "The harbor"})
TRAIN = tool("search_trains", "Search for trains", origin=STRING, destination=STRING, date=STRING)
REPORT = tool("report_damage", "Report damage to the harbor office", ["text"], text=STRING, berth=INTEGER)


def test_the_first_word_of_a_description_names_the_verb() -> None:
    both = calls("Hire a kayak at Elm Jetty for 2 hours, and prolong permit FP-331", [RENT, PERMIT])
    assert both == [
        ("rent_kayak", {"jetty": "Elm Jetty", "hours": 2}),
        ("extend_permit", {"permit_id": "FP-331"}),
    ]


def test_a_title_is_no_number_so_the_number_is_asked_for() -> None:
    decision = decide([user("Please prolong my permit 'Lake North'")], [PERMIT, RENT])
    assert decision.calls == []
    assert decision.question is not None
    assert "permit" in decision.question


def test_a_statement_before_its_command_makes_no_call_of_its_own() -> None:
    made = calls("The crane on the harbor is damaged, bad damage! Report the damage at berth 4.", [REPORT, TIDES])
    assert [name for name, _ in made] == ["report_damage"]
    assert made[0][1]["berth"] == 4


def test_people_go_to_the_role_named_nearby() -> None:
    text = "Arrange a tour for Mara Quint with Jon Aske on 9 March 2027 at 10:15"
    arguments = {"guest": "Mara Quint", "guide": "Jon Aske", "date": "9 March 2027", "time": "10:15"}
    assert calls(text, [GUIDE]) == [("book_tour", arguments)]
    decision = decide([user("Arrange a tour with Jon Aske on 9 March 2027 at 10:15")], [GUIDE])
    assert decision.question is not None
    assert "guest" in decision.question


def test_a_code_is_enough_where_a_tool_wants_nothing_else() -> None:
    assert calls("Who holds FP-331, a permit of this lake?", [PERMIT, RENT]) == [
        ("extend_permit", {"permit_id": "FP-331"})
    ]


def test_a_german_date_is_not_cut() -> None:
    assert calls("Suche am 2. Mai 2027 einen Zug von Kiel nach Ulm", [TRAIN, RENT]) == [
        ("search_trains", {"origin": "Kiel", "destination": "Ulm", "date": "2. Mai 2027"})
    ]


def test_comparatives_ask_for_both() -> None:
    both = [("sea_weather", {"harbor": "Husum"}), ("sea_weather", {"harbor": "Kiel"})]
    assert calls("Is it windier in Husum than in Kiel?", [FORECAST]) == both
    assert calls("Is Husum colder than Kiel?", [FORECAST]) == both


def test_german_requests() -> None:
    assert calls("Wie wird das Wetter in Husum?", [FORECAST, TRAIN]) == [("sea_weather", {"harbor": "Husum"})]
    assert calls("Suche einen Zug von Kiel nach Ulm am 4. Mai 2027", [FORECAST, TRAIN]) == [
        ("search_trains", {"origin": "Kiel", "destination": "Ulm", "date": "4. Mai 2027"})
    ]
    assert decide([user("Was ist ein Leuchtturm?")], [FORECAST, TRAIN]) == Decision([], None)


def test_a_person_is_enough_where_a_tool_wants_nothing_else() -> None:
    assert calls("Which boat does the person Ida Holm sail?", [SKIPPER, RENT]) == [
        ("get_skipper", {"skipper": "Ida Holm"})
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "What is a harbor?",
        "What is a kayak?",
        "How do tides form?",
        "What is the biggest city of Chile?",
        "How many people saw the Mona Lisa?",
    ],
)
def test_general_questions_call_nothing(text: str) -> None:
    assert decide([user(text)], [*TOOLS, FORECAST, SKIPPER, RENT]) == Decision([], None)


def test_a_demanded_call_that_does_not_fit_has_honest_placeholders() -> None:
    for text in ("Who composed Fidelio?", "What is a comet?", "Explain gravity"):
        assert calls(text, [CLOCK], tool_choice="required") == [("clock.now", {"city": "unknown"})]
    assert calls("I live in Lima", [CLOCK], tool_choice="required") == [("clock.now", {"city": "Lima"})]


def test_without_parallel_calls_the_next_one_follows() -> None:
    messages = [user("Tides in Emden and Husum?"), called("get_tides", harbor="Emden"), result({"high": "6:10"})]
    assert decide(messages, TOOLS, parallel=False).calls == [ToolCall("get_tides", {"harbor": "Husum"})]
    messages += [called("get_tides", 1, harbor="Husum"), result({"high": "7:00"}, 1)]
    assert decide(messages, TOOLS, parallel=False) == Decision([], None)
    assert decide(messages, TOOLS) == Decision([], None)


def test_asks_for_what_is_missing() -> None:
    decision = decide([user("When is high tide?")], TOOLS)
    assert decision.calls == []
    assert decision.question is not None
    assert "harbor" in decision.question
    decision = decide([user("Book a ferry to Oslo")], TOOLS)
    assert decision.question is not None
    assert "origin" in decision.question
    assert "passengers" in decision.question
    assert "destination" not in decision.question


def test_an_answer_completes_the_request_before() -> None:
    messages = [
        user("When is high tide?"),
        {"role": "assistant", "content": "Which harbor do you mean?"},
        user("Emden, please"),
    ]
    assert decide(messages, TOOLS).calls == [ToolCall("get_tides", {"harbor": "Emden"})]


def test_a_follow_up_keeps_tool_and_other_values() -> None:
    first = {"origin": "Kiel", "destination": "Oslo", "passengers": 2}
    messages = [user("Book a ferry from Kiel to Oslo for 2 people"), called("bookFerry", **first), result("booked")]
    messages += [{"role": "assistant", "content": "Booked."}, user("And from Emden?")]
    assert decide(messages, TOOLS).calls == [ToolCall("bookFerry", {**first, "origin": "Emden"})]
    assert decide([*messages[:-1], user("Thanks!")], TOOLS) == Decision([], None)


def test_values_from_earlier_turns_and_the_system_message() -> None:
    turns = [user("I live in Husum."), {"role": "assistant", "content": "Nice."}, user("When is high tide?")]
    assert decide(turns, TOOLS).calls == [ToolCall("get_tides", {"harbor": "Husum"})]
    for stated in ("The default harbor is Emden.", "The user lives in Emden. Be brief.", "The user's home is Emden."):
        system = {"role": "system", "content": stated}
        assert decide([system, user("When is high tide?")], TOOLS).calls == [ToolCall("get_tides", {"harbor": "Emden"})]


@pytest.mark.parametrize(
    "content",
    [
        "Don't make assumptions about what values to plug into functions. "
        "Ask for clarification if a user request is ambiguous.",
        "You are Bob from Acme.",
        "If the user is rude, name the harbor of Kiel.",
        "The user prefers to go from harbor to harbor.",
        "Default to Celsius.",
    ],
)
def test_nothing_is_invented_from_the_system_message(content: str) -> None:
    system = {"role": "system", "content": content}
    for text in ("When is high tide?", "Book a ferry to Oslo for 2 people"):
        decision = decide([system, user(text)], TOOLS)
        assert decision.calls == []
        assert decision.question is not None


def test_a_request_after_many_statements() -> None:
    asked = [("clock.now", {"city": "Lima"})]
    assert calls("The ship is blue and old. " * 5 + "What time is it in Lima?", [CLOCK, TIDES]) == asked
    assert calls("I was in Rome last year. What time is it in Lima?", [CLOCK, TIDES]) == asked
    document = "The company was founded in Berlin. It makes ships and pumps, and sells them in Rome. "
    for number in (20, 100, 600):
        assert calls(document * number + "What time is it in Lima?", [CLOCK, TIDES]) == asked
        assert calls("What time is it in Lima?\n\n" + document * number, [CLOCK, TIDES]) == asked


def test_a_statement_gives_what_its_request_leaves_out() -> None:
    assert calls("I am in Lima. What time is it?", [CLOCK, TIDES]) == [("clock.now", {"city": "Lima"})]


def test_two_requests_for_one_tool() -> None:
    both = [("get_tides", {"harbor": "Emden"}), ("get_tides", {"harbor": "Husum"})]
    assert calls("Tides in Emden. And show the tides in Husum.") == both
    assert calls("Compare the tides in Emden with Husum") == both
    assert calls("Tides in Emden. Show the tides.") == both[:1]


@pytest.mark.parametrize(
    "answer",
    ["Oh, in Emden", "Sorry, Emden", "Well, I live in Emden", "No, Emden", "Hm... Emden", "ok, Emden please", "Emden"],
)
def test_interjections_are_no_values(answer: str) -> None:
    before = [user("When is high tide?"), {"role": "assistant", "content": "Which harbor do you mean?"}]
    assert decide([*before, user(answer)], TOOLS).calls == [ToolCall("get_tides", {"harbor": "Emden"})]


@pytest.mark.parametrize("answer", ["No", "no thanks", "Oh well, never mind", "ok", "Thanks!", "I don't know"])
def test_answers_without_a_value(answer: str) -> None:
    before = [user("When is high tide?"), {"role": "assistant", "content": "Which harbor do you mean?"}]
    assert decide([*before, user(answer)], TOOLS).calls == []


def test_words_of_motion_are_no_places() -> None:
    route = tool("find_bus", "Find a bus", origin=STRING, destination=STRING)
    for text in ("Which buses go to Kiel?", "When does the bus leave for Kiel?", "Buses to Kiel please"):
        question = decide([user(text)], [route]).question
        assert question is not None
        assert "origin" in question
        assert "destination" not in question


def test_for_is_a_person_where_the_destination_is_said() -> None:
    arguments = {"origin": "Kiel", "destination": "Oslo", "passengers": 2}
    assert calls("Book a ferry for Anna from Kiel to Oslo for 2 people") == [("bookFerry", arguments)]


def test_a_tool_without_description_is_called_by_its_name() -> None:
    assert calls("Please call my function", [tool("my_function"), TIDES]) == [("my_function", {})]
    assert calls("Hello", [tool("my_function"), TIDES]) == []


def test_tool_choice() -> None:
    assert decide([user("Tides in Emden?")], TOOLS, "none") == Decision([], None)
    assert decide([user("Hello")], []) == Decision([], None)
    assert len(decide([user("Hello")], TOOLS, "required").calls) == 1
    named = {"type": "function", "function": {"name": "bookFerry"}}
    decision = decide([user("Hello")], TOOLS, named)
    assert decision.question is None
    assert decision.calls[0].name == "bookFerry"
    jsonschema.validate(decision.calls[0].arguments, FERRY["function"]["parameters"])
    assert decide([], TOOLS, "required").calls


def test_relative_dates_when_the_day_is_known() -> None:
    diary = [tool("list_entries", "List diary entries of a day", day={"type": "string", "format": "date"})]
    assert decide([user("List my diary entries of tomorrow")], diary).calls == []
    system = {"role": "system", "content": "Today is 2027-05-03."}
    decision = decide([system, user("List my diary entries of tomorrow")], diary)
    assert decision.calls == [ToolCall("list_entries", {"day": "2027-05-04"})]


@pytest.mark.parametrize("seed", range(60))
def test_arguments_are_always_valid(seed: int) -> None:
    source = random.Random(seed)
    names = ["ship_order", "findPlace", "note.add", "set_color", "x"]
    schemas = {name: random_schema(source) for name in source.sample(names, source.randint(1, 5))}
    schemas = {name: schema for name, schema in schemas.items() if schema.get("type") == "object"}
    schemas["fallback"] = {"type": "object", "properties": {"text": STRING}}
    tools = [{"type": "function", "function": {"name": name, "parameters": schema}} for name, schema in schemas.items()]
    for text in TEXTS:
        for choice in ("auto", "required"):
            decision = decide([user("add a note"), user(text)], tools, choice)
            assert choice == "auto" or decision.calls
            for call in decision.calls:
                jsonschema.validate(call.arguments, schemas[call.name])


def test_odd_messages() -> None:
    parts = {
        "role": "user",
        "content": [{"type": "text", "text": "Tides in Emden"}, {"type": "image_url", "image_url": {}}],
    }
    assert decide([parts], TOOLS).calls == [ToolCall("get_tides", {"harbor": "Emden"})]
    assert (
        decide([user("x"), {"role": "assistant", "content": None}, {"role": "user", "content": None}], TOOLS).calls
        == []
    )
    decide([user("tide and " * 400_000)], TOOLS * 4)


def test_answers_from_results() -> None:
    question = user("When is high tide in Emden?")
    messages = [
        question,
        called("get_tides", harbor="Emden"),
        result({"harbor": "Emden", "highTide": "6:10", "height": 3.2, "unit": "m"}),
    ]
    assert answer_from_results(messages) == "For Emden: the high tide is 6:10 and the height is 3.2 m."
    assert answer_from_results([question]) is None
    assert answer_from_results([*messages, user("Thanks")]) is None


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ({"error": "no such harbor"}, ["did not work", "no such harbor"]),
        ({"success": False, "message": "gauge offline"}, ["did not work", "gauge offline"]),
        ({"ok": True}, ["worked"]),
        ({"open": True, "ships": ["Ida", "Jon"]}, ["open yes", "Ida and Jon"]),
        ([{"name": "Ida", "length": 12}, {"name": "Jon"}], ["2 found", "Ida (length 12)", "Jon"]),
        ({"level": {"current": 2, "mean": 1.5}}, ["level current is 2", "level mean is 1.5"]),
        ("42", ["42"]),
        ("High water is at six.", ["High water is at six."]),
        ("", ["done"]),
        ("[]", ["no result"]),
        ("{broken", ["{broken"]),
    ],
)
def test_answers_from_results_of_all_kinds(content: Any, parts: list[str]) -> None:
    answer = answer_from_results([user("Tides?"), called("get_tides", harbor="Emden"), result(content)])
    assert answer is not None
    for part in parts:
        assert part in answer
    assert answer.endswith(".")


def test_one_line_for_each_result() -> None:
    first, second = called("get_tides", 0, harbor="Emden"), called("get_tides", 1, harbor="Husum")
    first["tool_calls"] += second["tool_calls"]
    answer = answer_from_results([user("Tides?"), first, result({"high": "6:10"}), result({"high": "7:00"}, 1)])
    assert answer == "For Emden: the high is 6:10.\nFor Husum: the high is 7:00."


def test_file_names_keep_their_case() -> None:
    for text in ("tide_table.pdf is ready", "v2 is ready", "table.csv"):
        answer = answer_from_results([user("Tides?"), called("make_table"), result(text)])
        assert answer == text + "."
    assert answer_from_results([user("Tides?"), called("make_table"), result("done")]) == "Done."


def test_numbers_alone_are_no_context() -> None:
    call = called("bookFerry", origin="Kiel", destination="Oslo", passengers=2)
    assert answer_from_results([user("Book"), call, result({"code": "F7"})]) == "For Kiel to Oslo: the code is F7."
    call = called("convert", value=3, from_unit="ft", to_unit="m")
    assert (
        answer_from_results([user("Convert"), call, result({"length": 0.91})]) == "For 3 ft to m: the length is 0.91."
    )
    assert answer_from_results([user("Book"), called("bookFerry", passengers=2), result({"code": "F7"})]) == (
        "The code is F7."
    )


def test_names_in_sentences_are_whole_words() -> None:
    answer = answer_from_results([user("How warm?"), called("x"), result({"waterTemperature": 9, "readings": 3})])
    assert answer == "The water temperature is 9 and the readings are 3."


@pytest.mark.parametrize(
    "content",
    [
        '{"": 1}', '{" ": {" ": 1}}', '[{"": 1}]', '[{" ": " "}]', '{"error": {"": 1}}', '{"": ""}',
        "[" * 900 + "]" * 900, '{"a": ' * 900 + "1" + "}" * 900, "[" * 50_000, "[[[]]]",
    ],
)  # fmt: skip
def test_odd_results(content: str) -> None:
    answer = answer_from_results([user("Tides?"), called("get_tides", harbor="Emden"), result(content)])
    assert answer is not None
    assert answer.endswith(".")


def test_a_quoted_title_is_no_number_of_a_card_and_a_plate_is_one_value():
    text = {"type": "string"}
    properties = {
        "song": {**text, "description": "Title of the song"},
        "member_id": {**text, "description": "e.g. M-17"},
    }
    parameters = {"type": "object", "properties": properties, "required": ["song", "member_id"]}
    wish = {"type": "function", "function": {"name": "request_song", "parameters": parameters}}
    decision = decide([{"role": "user", "content": "Request 'Angie' for me."}], [wish])
    assert "member" in decision.question
    assert "song" not in decision.question
    plate = {"type": "object", "properties": {"plate": text}, "required": ["plate"]}
    wash = {"type": "function", "function": {"name": "wash_car", "parameters": plate}}
    (call,) = decide([{"role": "user", "content": "Wash the car B-MK 77 please"}], [wash]).calls
    assert call.arguments == {"plate": "B-MK 77"}


FLOODS = tool("flood_level", "Water level of a river at a town", town=STRING)
BOATS = tool("find_boat", "Find a boat by its name", boat_name=STRING)
TRIPS = tool("list_trips", "List the trips of a boat", boat_id={"type": "string", "description": "Id of the boat"})
CANCEL = tool("cancel_trip", "Cancel a trip", trip_id=INTEGER)
FLEET = [BOATS, TRIPS, CANCEL]


def test_a_second_request_needs_no_verb() -> None:
    both = [("get_tides", {"harbor": "Emden"}), ("clock.now", {"city": "Lima"})]
    assert calls("Show the tides in Emden and the time in Lima", [TIDES, CLOCK, FERRY]) == both
    assert calls("Tides in Emden and in Lima", [TIDES, CLOCK]) == [
        ("get_tides", {"harbor": name}) for name in ("Emden", "Lima")
    ]


def test_values_given_again_are_a_request_of_their_own() -> None:
    hand_over = tool("assign_berth", "Assign a berth to a skipper", berth={"type": "string"}, skipper=STRING)
    assert calls("Assign berth B-7 to Jonas and B-8 to Mia", [hand_over, TIDES]) == [
        ("assign_berth", {"berth": "B-7", "skipper": "Jonas"}),
        ("assign_berth", {"berth": "B-8", "skipper": "Mia"}),
    ]


def test_the_result_of_one_call_gives_the_argument_of_the_next() -> None:
    messages = [user("Show me the trips of the boat Seestern")]
    assert decide(messages, FLEET).calls == [ToolCall("find_boat", {"boat_name": "Seestern"})]
    messages += [called("find_boat", boat_name="Seestern"), result([{"id": "bt_881", "name": "Seestern"}])]
    assert decide(messages, FLEET).calls == [ToolCall("list_trips", {"boat_id": "bt_881"})]
    messages += [called("list_trips", 1, boat_id="bt_881"), result([{"id": 5}], 1)]
    assert decide(messages, FLEET) == Decision([], None)


def test_what_was_not_asked_for_does_not_follow_from_a_result() -> None:
    found = [called("find_boat", boat_name="Seestern"), result({"id": "bt_881"})]
    assert decide([user("Find the boat Seestern"), *found], FLEET) == Decision([], None)
    failed = [called("find_boat", boat_name="Seestern"), result({"error": "no such boat"})]
    assert decide([user("Show me the trips of the boat Seestern"), *failed], FLEET) == Decision([], None)


def test_each_and_all_take_every_value_of_a_result() -> None:
    found = [called("list_trips", boat_id="bt_881"), result({"trips": [{"trip_id": 5}, {"trip_id": 6}]})]
    later = [*found, {"role": "assistant", "content": "Two trips."}]
    both = [ToolCall("cancel_trip", {"trip_id": 5}), ToolCall("cancel_trip", {"trip_id": 6})]
    assert decide([user("Trips of boat bt_881?"), *later, user("Cancel all trips")], FLEET).calls == both
    assert decide([user("Trips of boat bt_881?"), *later, user("Cancel the trip")], FLEET).calls == both[:1]


def test_a_new_question_after_results_is_a_new_decision() -> None:
    messages = [user("Tides in Emden?"), called("get_tides", harbor="Emden"), result({"high": "6:10"})]
    assert decide(messages, TOOLS) == Decision([], None)
    assert decide([*messages, user("What time is it in Lima?")], TOOLS).calls == [
        ToolCall("clock.now", {"city": "Lima"})
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Hi, I'm Sam. When is high tide in Emden?",
        "Hello there! Could you help me? When is high tide in Emden?",
        "Can you tell me: When is high tide in Emden?",
        "When is high tide in Emden? Thanks a lot!",
        "good morning, when is high tide in emden",
    ],
)
def test_courtesies_are_not_read(text: str) -> None:
    assert calls(text) == [("get_tides", {"harbor": "Emden"})]


def test_a_name_that_was_introduced_is_a_persons_and_no_place() -> None:
    berth = tool("book_berth", "Book a berth", skipper={"type": "string", "description": "Name of the skipper"})
    guest = tool("check_in", "Check a guest in", guest_name=STRING)
    assert calls("My name is Ida Holm. Check me in please", [guest, TIDES]) == [
        ("check_in", {"guest_name": "Ida Holm"})
    ]
    assert decide([user("Hi, I'm Ida. When is high tide?")], [TIDES, berth]).calls == []


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("Park HH-AB 123 in zone 1107 for two hours", {"plate": "HH-AB 123", "zone": "1107", "minutes": 120}),
        ("Zone 12, plate M-XY 77, 45 minutes of parking", {"plate": "M-XY 77", "zone": "12", "minutes": 45}),
    ],
)
def test_plates_and_zones_go_where_they_belong(text: str, arguments: dict[str, Any]) -> None:
    plate, zone = {"type": "string", "description": "License plate"}, {"type": "string", "description": "Zone number"}
    parking = tool("buy_parking", "Buy a parking ticket", plate=plate, zone=zone, minutes=INTEGER)
    assert calls(text, [parking]) == [("buy_parking", arguments)]


def test_properties_in_a_series_take_their_values_in_order() -> None:
    number = {"type": "number"}
    assert calls("Add -4.5 and 12", [tool("add", "Adds two numbers", a=number, b=number)]) == [
        ("add", {"a": -4.5, "b": 12})
    ]
    route = tool("sea_distance", "Distance of two harbors", harbor_a=STRING, harbor_b=STRING)
    assert calls("Distance from Kiel to Emden?", [route]) == [
        ("sea_distance", {"harbor_a": "Kiel", "harbor_b": "Emden"})
    ]


def test_operators_tell_one_calculation_from_another() -> None:
    number = {"type": "number"}
    both = [tool("add", "Adds", a=number, b=number), tool("multiply", "Multiplies", a=number, b=number)]
    assert calls("What is 17 times 23?", both) == [("multiply", {"a": 17, "b": 23})]
    assert calls("What is 3 * 12? Also, what is 11 + 49?", both) == [
        ("multiply", {"a": 3, "b": 12}),
        ("add", {"a": 11, "b": 49}),
    ]


def test_a_works_maker_is_enough() -> None:
    shanty = tool("find_shanty", "Search the songbook", ["composer"], composer=STRING, title=STRING)
    assert calls("Do you have anything by Clara Voss?", [shanty, LAMP]) == [("find_shanty", {"composer": "Clara Voss"})]
    assert calls("Do you have anything for Clara Voss?", [shanty, LAMP]) == []


def test_switches_and_german_enums() -> None:
    room = {"type": "string", "enum": ["kitchen", "hall"]}
    light = tool("set_light", "Turn a light on or off, and dim it", ["room", "on"], room=room, on={"type": "boolean"})
    assert calls("Dim the light in the hall", [light]) == [("set_light", {"room": "hall", "on": True})]
    assert calls("Schalte das Licht in der Küche aus", [light]) == [("set_light", {"room": "kitchen", "on": False})]


def test_pydantic_schemas_are_read_through_any_of() -> None:
    maybe = {"anyOf": [{"type": "string", "enum": ["deck", "engine"]}, {"type": "null"}], "default": None}
    wage = {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}
    crew = tool("SearchCrew", "Search for sailors", [], department=maybe, min_wage=wage)
    (found,) = calls("Who works on the engine and earns at least 3000?", [crew, TIDES])
    assert {name: value for name, value in found[1].items() if value is not None} == {
        "department": "engine",
        "min_wage": 3000,
    }


def test_a_schema_without_any_value_is_named_only_where_it_is_called() -> None:
    broken = tool("set_depth", "Set the depth", depth={"type": "integer", "minimum": 5, "maximum": 3})
    assert calls("When is high tide in Emden?", [TIDES, broken]) == [("get_tides", {"harbor": "Emden"})]
    with pytest.raises(NoInstance):
        decide([user("Set the depth to 4")], [TIDES, broken])


@pytest.mark.parametrize(
    "text", ["word and ", "1 ", "+1 ", "Aa ", "' ", "order: ", "Find order 5512 in Rome and ", "("]
)
def test_four_megabytes_with_many_tools_do_not_hang(text: str) -> None:
    verbs, nouns = "get list create delete send find cancel move".split(), "order ticket parcel event file".split()
    item = {"type": "object", "properties": {"sku": STRING, "count": INTEGER}, "required": ["sku"]}
    shared = {"city": STRING, "amount": {"type": "number"}, "items": {"type": "array", "items": item}}
    many = [
        tool(f"{verb}_{noun}_{number}", f"{verb} the {noun}", [f"{noun}_id"], **{f"{noun}_id": STRING}, **shared)
        for number in range(2)
        for verb in verbs
        for noun in nouns
    ]
    decide([user(text * (4_000_000 // len(text)))], many)


def answered(question: str, content: Any, name: str = "get_tides", **arguments: Any) -> str:
    message = {
        "role": "tool",
        "tool_call_id": "c0",
        "content": content if isinstance(content, list) else result(content)["content"],
    }
    answer = answer_from_results([user(question), called(name, **arguments), message])
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("question", "content", "start"),
    [
        ("How warm is it?", {"humidity": 80, "temperature": 4.5, "unit": "celsius"}, "The temperature is 4.5 celsius"),
        ("When does it leave?", {"platform": 3, "carrier": "Nord", "departure": "10:04"}, "departure 10:04"),
        ("Who wrote it?", {"data": {"year": 1973, "pages": 200, "author": "Ida Holm"}}, "author Ida Holm"),
        ("Which is the cheapest?", [{"name": "Ritz", "price": 9}, {"name": "Ibis", "price": 2}], "2 found: Ibis"),
        ("Where is Jon?", [{"name": "Ida", "deck": 1}, {"name": "Jon", "deck": 2}], "2 found: Jon"),
        ("How many?", {"columns": ["count"], "rows": [[42]]}, "1 found: count 42"),
    ],
)
def test_the_value_asked_for_comes_first(question: str, content: Any, start: str) -> None:
    assert (
        answered(question, content if isinstance(content, dict) else json.dumps(content))
        .lower()
        .startswith(start.lower())
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"error": {"code": 404, "message": "no such harbor"}}, "no such harbor"),
        ({"status": 503, "title": "Unavailable", "detail": "gauge offline"}, "gauge offline"),
        ({"success": False, "errors": [{"message": "bad id"}, {"message": "no right"}]}, "bad id; no right"),
        ({"isError": True, "content": [{"type": "text", "text": "no access"}]}, "no access"),
        ({"detail": "Not found"}, "Not found"),
        ("Error: TimeoutError('30 s')\n Please fix your mistakes.", "TimeoutError('30 s')"),
        ("An error occurred while running the tool. Please try again. Error: boom", "boom"),
    ],
)
def test_errors_are_said_plainly(content: Any, reason: str) -> None:
    assert answered("Tides?", content, harbor="Emden").rstrip(".") == f"For Emden: this did not work: {reason}"


@pytest.mark.parametrize("content", [{"tides": [], "total": 0}, [], {"results": []}, None])
def test_empty_results_say_so(content: Any) -> None:
    assert "no result" in answered("Tides?", json.dumps(content), harbor="Emden")


def test_notations_of_agent_frameworks() -> None:
    expected = "For Emden: the high is 6:10 and the wind is calm."
    assert answered("Tides?", "{'high': '6:10', 'wind': 'calm'}", harbor="Emden") == expected
    assert answered("Tides?", "high='6:10' wind='calm'", harbor="Emden") == expected
    assert answered("Tides?", "Tide(high='6:10', wind='calm')", harbor="Emden") == expected
    parts = [{"type": "text", "text": '{"high": "6:10", "wind": "calm"}'}]
    assert answered("Tides?", parts, harbor="Emden") == expected
    assert answered("Send it", "None", "send_email", to="bo@x.org") == "For bo@x.org: send email is done."
    assert answered("Tides?", "a = b, or so", harbor="Emden") == "For Emden: a = b, or so."


def test_requests_for_one_tool_are_one_where_each_leaves_something_open() -> None:
    assert calls("Book a ferry from Kiel to Oslo. Book the ferry for 2 people, outside cabin.") == [
        ("bookFerry", {"origin": "Kiel", "destination": "Oslo", "passengers": 2, "cabin": "outside"})
    ]


def test_what_is_missing_is_looked_up_where_a_tool_can() -> None:
    search = tool("search_user", "Search a user", full_name=STRING)
    reset = tool("reset_password", "Reset the password of a user", user_id=INTEGER)
    assert calls("Reset the password of Lena Vogt", [search, reset]) == [("search_user", {"full_name": "Lena Vogt"})]
    question = decide([user("Reset the password of Lena Vogt")], [reset, TIDES]).question
    assert question is not None
    assert "user id" in question


def test_thanks_are_no_part_of_a_text() -> None:
    for text in (
        "Report the damage: the crane is bent. Thanks a lot!",
        "Report the damage: the crane is bent thank you",
    ):
        assert calls(text, [REPORT, TIDES]) == [("report_damage", {"text": "the crane is bent"})]


def test_a_zip_code_is_told_from_another_number_by_its_look() -> None:
    number, postcode = {"type": "string", "description": "Customer number"}, {"type": "string"}
    stamps = tool("send_stamps", "Send stamps to a customer", customer_number=number, zip=postcode)
    for text in ("Send stamps to 4711001, 80331", "Send stamps to 80331 for 4711001"):
        assert calls(text, [stamps, TIDES]) == [("send_stamps", {"customer_number": "4711001", "zip": "80331"})]
