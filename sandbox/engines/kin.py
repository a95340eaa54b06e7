"""Everyday words that belong together, so that "Do I need an umbrella?" meets a tool named get_weather.

Each line of `TOPICS` and of `ACTIONS` is one group; two words are kin if they share a group. It is a short table of
general knowledge, not a thesaurus: a word that is not in it has no kin. A comparative ("colder") has the kin of its
adjective, and a German word that `GERMAN` lists has the kin of its English word.
"""

import re

from sandbox.engines.words import stem

TOPICS = """
weather temperature rain rainy forecast sunny hot cold warm umbrella snow climate wind windy humidity degrees cloudy
storm
mail email inbox letter
message sms chat text dm slack
purchase cart basket checkout
product item article goods catalog shop store sell
order delivery package parcel shipment shipping tracking track deliver arrive
meeting appointment event calendar schedule agenda call standup session
price cost expensive cheap worth pay quote rate fare fee much
stock share ticker market trading inventory
inventory availability available stock
convert conversion exchange
currency money rate forex dollar euro yen pound usd eur gbp
translate translation language say
latitude longitude lat lon coordinates geocode position
flight fly airline plane airport travel trip
hotel room accommodation stay night lodging check-in
train rail railway departure connection
travel trip journey route directions navigate distance drive way
remind reminder alarm
alarm wake
timer countdown alarm
next skip
play song music track album artist playlist band singer listen
light lamp bulb brightness dim bright
thermostat heating temperature heater degrees warm cold
door lock gate
balance account bank money saldo
transfer wire payment pay send remit
transaction payment statement spending spent
employee staff colleague worker personnel person hr people
vacation leave holiday absence pto
salary wage income pay earn earns
department team division
employee department position
weight weigh heavy kilogram
file document folder directory
sql database table query row record
ticket issue bug incident problem case
status state progress
calculate calculator compute math expression arithmetic plus minus times divided percent
add plus sum total addition
subtract minus difference subtraction
multiply times product multiplication multiplied
divide divided quotient over division
unit measurement convert
time clock hour timezone zone
date day deadline due when
restaurant eat dinner lunch food table reservation cuisine
recipe cook ingredient dish meal
news headline article
movie film cinema
book author novel
population people inhabitant live resident
people guest person attendee participant traveler traveller passenger adult visitor seat party
location city place town address
map nearby near location place
distance far kilometer mile
customer client user
contact phone number address
invoice bill receipt
discount coupon voucher
note memo todo task
remind reminder todo task
web internet online google
refund return reimburse money back
patient doctor medical appointment dentist dermatologist cardiologist physician clinic
tax vat duty
car vehicle ride taxi cab uber
picture image photo draw drawing paint illustration selfie
quantity amount count number many piece
duration length minute hour long last second
subject title topic heading
priority urgency severity importance
recipient receiver addressee
attendee participant invitee guest
""".strip().splitlines()

ACTIONS = {
    "read": "get estimate find search look lookup show list fetch retrieve check see view read "
    "display tell what what's which who who's "
    "where how when is are does do query browse recommend describe count any explore inspect was will did give track",
    "create": "create add book buy order purchase make open new schedule set plan put reserve "
    "register insert write log place "
    "start draw paint render arrange organize submit request raise file report generate invite remind",
    "change": "set change update adjust turn switch modify edit control move rename reschedule "
    "assign increase decrease raise "
    "lower dim mark put make activate deactivate enable disable lock unlock close pause resume stop toggle",
    "delete": "delete remove cancel drop clear erase close unsubscribe revoke",
    "send": "send mail email text message forward notify write reply transfer wire pay tell share post",
    "convert": "how what what's convert exchange translate change turn",
    "compute": "calculate compute estimate add sum multiply divide what what's how evaluate solve much",
    "remind": "remind set create alarm wake",
    "play": "play listen start hear put queue",
}

_MONTHS = "january february march may june july october december".split()
_WEEK = "monday tuesday wednesday thursday friday saturday sunday".split()
GERMAN = {
    german: line.split(":")[0]
    for line in """
weather:wetter
light:licht lampe
switch:schalte schalten
off:aus
kitchen:küche
bedroom:schlafzimmer
living room:wohnzimmer
room:zimmer raum
heating:heizung
set:stelle stell setze stellen
transfer:überweise überweisen überweisung
account:konto
night:nacht nächte übernachtungen
booking:buchung reservierung
employee:mitarbeiter mitarbeiterin
invoice:rechnung rechnungen
car:auto wagen fahrzeug
rent:miete mieten
holiday:ferien feiertag feiertage
vacation:urlaub
address:adresse anschrift
road:straße
open:öffne öffnen
close:schließe schließen
start:starte starten
stop:stoppe stoppen beende
play:spiel spiele spielen
song:lied
music:musik
news:nachrichten neuigkeiten
delete:entferne entfernen
change:ändere ändern
create:erstelle erstellen anlegen lege
calculate:berechne berechnen rechne
convert:wandle umrechnen umwandeln
many:viele
much:viel
day:tag tage tagen
week:woche wochen
hour:stunde stunden
minute:minute minuten
month:monat monate monaten
year:jahr jahre jahren
book:buch bücher
product:produkt produkte artikel
delivery:lieferung
parcel:paket pakete sendung
ticket:karte karten fahrkarte
restaurant:gaststätte lokal
table:tisch
doctor:arzt ärztin
phone:telefonnummer telefon handynummer
door:tür
device:gerät geräte
password:passwort kennwort
balance:kontostand guthaben
currency:währung
language:sprache
file:datei dateien
note:notiz notizen
destination:ziel zielort
origin:startort abfahrtsort
class:klasse
task:aufgabe aufgaben
number:nummer anzahl
name:name namens
customer:kunde kunden kundin
orders:bestellungen
price:preis kosten kostet
translate:übersetze übersetzen übersetz
route:strecke
rain:regen regnet
warm:warm wärmer
cold:kalt kälter
temperature:temperatur
appointment:termin termine
train:zug züge bahn
flight:flug flüge
hotel:hotel unterkunft
order:bestellung bestell bestelle bestellen
book:buche buchen reservier reserviere reservieren
cancel:storniere storniert stornieren lösche löschen
send:sende senden schick schicke schicken
show:zeig zeige zeigen liefert
find:finde finden such suche suchen
remind:erinner erinnere erinnern
add:trag trage tragen eintragen füge
what:welche welcher welches
is:ist sind gibt
how:wie
when:wann
where:wo
who:wer
date:datum
time:uhrzeit zeit uhr
amount:betrag summe
place:ort
city:stadt
title:titel betreff
message:nachricht
people:personen leute
from:von vom ab
to:nach zum zur zu
until:bis
with:mit
for:für
at:um
on:am
in:im
next:nächste nächsten nächster nächstes
today:heute
tomorrow:morgen
""".strip().splitlines()
    for german in line.partition(":")[2].split()
}

GERMAN |= dict(zip("januar februar märz mai juni juli oktober dezember".split(), _MONTHS, strict=True))
GERMAN |= dict(zip("montag dienstag mittwoch donnerstag freitag samstag sonntag".split(), _WEEK, strict=True))
FUNCTION_WORDS = frozenset(
    "der die das den dem des ein eine einen einem einer eines und oder ich du er sie es wir ihr mir mich dir dich uns "
    "bitte mein meine meinen meiner dein deine nicht kein keine auch noch gerade jetzt kann kannst können "
    "könnte möchte habe wird werden dass als bei aus auf dann".split()
)
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
GERMAN |= {german.translate(_PLAIN): english for german, english in GERMAN.items()}
_COMPARED = frozenset("hot cold warm cool humid windy rainy sunny cloudy cheap far long near bright dim".split())


def in_english(word: str) -> str:
    """Return the English word for a German one in lower case that `GERMAN` lists, any other word as it is."""
    return GERMAN.get(word, word)


def german_names(word: str) -> list[str]:
    """Return the German words for an English word in lower case that `GERMAN` lists."""
    return _GERMAN_NAMES.get(word, [])


def _groups() -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for number, line in enumerate(TOPICS):
        for word in line.split():
            table.setdefault(stem(word), set()).add(number)
    for number, word in enumerate(dict.fromkeys(GERMAN.values()), len(TOPICS)):
        table.setdefault(stem(word), set()).add(number)
    for german, word in GERMAN.items():
        table.setdefault(stem(german), set()).update(table[stem(word)])
    return {word: frozenset(numbers) for word, numbers in table.items()}


def _positive(word: str) -> str:
    """The adjective of a comparative or superlative: "hotter" and "hottest" belong to "hot"."""
    base = word.removesuffix("est").removesuffix("er")
    forms = [base, base[:-1], base[:-1] + "y"]
    return next((form for form in forms if form in _COMPARED), word) if base != word else word


_GROUPS = _groups()
_GERMAN_NAMES: dict[str, list[str]] = {}
for _german, _english in GERMAN.items():
    _GERMAN_NAMES.setdefault(_english, []).append(_german)
_ACTIONS_OF = {
    word: frozenset(action for action, members in ACTIONS.items() if word in members.split())
    for members in ACTIONS.values()
    for word in members.split()
}


def split_name(name: str) -> list[str]:
    """Split a name as programs write it (snake_case, camelCase, dotted, kebab-case) into lower-case words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name[:200])
    return [word.lower() for word in re.findall(r"[^\W_]+", spaced)]


def kin(first: str, second: str) -> bool:
    """Say whether two stems share a topic."""
    return not topics(first).isdisjoint(topics(second))


def topics(word_stem: str) -> frozenset[int]:
    """Return the numbers of the topics that a stem belongs to."""
    return _GROUPS.get(word_stem) or _GROUPS.get(_positive(word_stem), frozenset())


def actions(word: str) -> frozenset[str]:
    """Return the kinds of action ("read", "create", ...) that a word in lower case may begin; often none."""
    return _ACTIONS_OF.get(in_english(word), frozenset())
