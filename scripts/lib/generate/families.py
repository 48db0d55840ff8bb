"""Families: who is in them, who works with them, what happens to them."""

import random
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from .clocks import Clocks
from .forms import Forms
from .practice import write_practice
from .rows import open_rows
from .story import PLOTS, Story, choose_plot
from .texts import FIRST, LAST, STREETS
from .times import Times

#: How many families go to the database at once.
BATCH = 200
#: The longest time since a family was first heard of.
DAYS = 900


class Family:
    def __init__(self, world, rows, rng, number, first_child):
        self.world, self.rows, self.rng = world, rows, rng
        self.number = number
        self.team = world.teams[number % len(world.teams)]
        self.worker, self.worker_name = rng.choice(self.team.workers)
        self.manager, self.support = self.team.manager, self.team.support
        self.chair = self.team.chair
        self.name = rng.choice(LAST)
        self.case = rows.add(
            "sos_case",
            name=self.name,
            company_id=world.company.id,
            team_id=self.team.id,
            lead_id=None,
            closed_on=None,
            restricted=rng.random() < 0.02,
            also_known="",
            active=True,
        )
        found_by = f"{self.name} {self.case['reference']}"
        self.case["letters"] = world.names.squeeze(world.names.fold(found_by))
        self.clocks = Clocks(world, rows, self.case)
        self.forms = Forms(self)
        self.members, self.network = [], []
        self.episodes, self.enquiries, self.plans = [], [], []
        self.has_chair = False
        self.allocated_on = None
        # the first families have had the time for all of their story
        ago = rng.randrange(7, DAYS) if number >= len(PLOTS) else 720 - 40 * number
        self.begin = world.working(world.as_at - timedelta(days=ago))
        self.adults = self._add_adults()
        size = rng.choices((1, 2, 3, 4, 5, 6), (38, 30, 17, 9, 4, 2))[0]
        self.children = [
            self._add_child(first_child + place, place) for place in range(size)
        ]
        self._relate()

    # ---------------------------------------------------------------------- people

    def _add_person(self, kind, role, **values):
        person = self.rows.add(
            "sos_person",
            kind=kind,
            last_name=self.name,
            previous_plans=0,
            entered_by_id=self.support,
            active=True,
            also_known="",
            birth_sure="sure",
            in_open_file=not self.case["restricted"],
            **values,
        )
        first = person.get("first_name") or "Baby"
        person["name"] = f"{first} {self.name}"
        names = self.world.names
        folded = names.fold_name(first, self.name)
        self.rows.add(
            "sos_person_name",
            person_id=person["id"],
            kind="now",
            first_name=person.get("first_name"),
            last_name=self.name,
            folded=folded,
            letters=names.squeeze(folded),
            noted_on=self.begin,
        )
        self.members.append(person)
        self.rows.add(
            "sos_case_member",
            case_id=self.case["id"],
            person_id=person["id"],
            role=role,
            since=self.begin,
            active=True,
        )
        return person

    def _add_adults(self):
        adults = []
        for sex in ("F", "M")[: self.rng.choices((1, 2), (40, 60))[0]]:
            born = self.begin - timedelta(days=self.rng.randrange(8000, 16000))
            adults.append(
                self._add_person(
                    "adult",
                    "adult",
                    first_name=self.rng.choice(FIRST),
                    birth_date=born,
                    sex_id=self.world.codes["sex"][sex],
                )
            )
            street = f"{self.rng.randrange(1, 90)} {self.rng.choice(STREETS)}"
            self.rows.add(
                "sos_address",
                person_id=adults[-1]["id"],
                text=street,
                letters=self.world.names.squeeze(self.world.names.fold(street)),
                since=self.begin,
                confidential=False,
            )
        return adults

    def add_network(self):
        person = self._add_person("adult", "network", first_name=self.rng.choice(FIRST))
        self.network.append(person)
        return person

    def _add_child(self, number, place):
        rng, codes = self.rng, self.world.codes
        expected = born = None
        if place == 0 and number % 12 == 5:
            # heard of before the birth
            expected = self.begin + timedelta(days=rng.randrange(20, 200))
            born = expected + timedelta(days=rng.randrange(-12, 8))
            if born > self.world.as_at:
                born = None
                expected = max(expected, self.world.as_at)
        else:
            born = self.begin - timedelta(days=rng.randrange(1, 16 * 365))
        sex = rng.choice("MF") if born else "U"
        gender = {"M": "a", "F": "b", "U": "c"}[sex]
        child = self._add_person(
            "child",
            "child",
            first_name=rng.choice(FIRST) if born else None,
            birth_date=born,
            expected_on=expected,
            sex_id=codes["sex"][sex],
            gender_id=codes["gender"][gender],
            ethnicity_id=rng.choice(list(codes["ethnicity"].values())),
        )
        if born:
            self._add_disabilities(child, number)
        self._add_upn(child, born)
        return child

    def _add_disabilities(self, child, number):
        codes = self.world.codes["disability"]
        real = [code for code in codes if code != "NONE"]
        chosen = ["NONE"]
        if number < 60 and number % 3 == 0:
            # each kind is there in a small authority, too
            chosen = [real[number // 3 % len(real)]]
        elif self.rng.random() < 0.1:
            chosen = self.rng.sample(real, self.rng.choice((1, 1, 2, 3)))
        elif number == 1:
            chosen = real[:2]
        for code in chosen:
            self.rows.link("sos_person_disability_rel", child["id"], codes[code])

    def _add_upn(self, child, born):
        unknown = self.world.codes["upn_unknown"]
        # of school age in the next census, or nearly
        if not born or born > self.world.as_at - relativedelta(years=5):
            child["upn_unknown_id"] = unknown["UN1"]
        elif self.rng.random() < 0.05:
            child["upn_unknown_id"] = unknown[self.rng.choice(("UN2", "UN5", "UN6"))]
        else:
            child["upn"] = make_upn(child["id"])

    def _relate(self):
        kinds = self.world.codes["relationship"]
        for adult, kind in zip(self.adults, ("mother", "father"), strict=False):
            for child in self.children:
                self.rows.add(
                    "sos_relationship",
                    person_id=adult["id"],
                    type_id=kinds[kind],
                    other_id=child["id"],
                    parental_responsibility=True,
                    carer=kind == "mother",
                )

    # --------------------------------------------------------------------- pathway

    def get_open_episode(self, child):
        for episode in self.episodes:
            if episode["child_id"] == child["id"] and episode["state"] == "open":
                return episode
        return None

    def get_enquiry(self, child):
        """The one that waits for its conference."""
        for enquiry in reversed(self.enquiries):
            if (
                enquiry["child_id"] == child["id"]
                and not enquiry["conference_on"]
                and enquiry["conference_required"] != "no"
            ):
                return enquiry
        return None

    def allocate(self, day):
        """The first lead worker, with whom supervision begins."""
        if self.allocated_on:
            return
        self.allocated_on = day
        self.case["lead_id"] = self.worker
        self.rows.add(
            "sos_allocation",
            case_id=self.case["id"],
            user_id=self.worker,
            role="lead",
            since=day,
        )
        for clock in self.clocks.all:
            clock["lead_id"] = self.worker
        for child in self.children:
            self.clocks.start(child, "supervision", day)

    def live(self):
        """What happens to the family up to the day of the data."""
        day, plot = self.begin, choose_plot(self.rng, self.number)
        for _ in range(4):
            story = Story(self, self.children, day, plot)
            ended = story.tell()
            if not ended or story.died or self.rng.random() < 0.6:
                break
            day = self.world.working(
                ended + timedelta(days=self.rng.randrange(20, 300))
            )
            if day > self.world.as_at:
                break
            plot = "cp" if plot == "cp" else self.rng.choice(list(PLOTS))
        if self.allocated_on:
            write_practice(self)
        self._add_readers()

    def _add_readers(self):
        readers = set(self.team.members) | ({self.chair} if self.has_chair else set())
        if self.case["restricted"]:
            readers -= {user for user, _ in self.team.workers}
            if self.allocated_on:
                readers.add(self.worker)
        for user in sorted(readers):
            self.rows.link("sos_case_reader_rel", self.case["id"], user)
            for person in self.members:
                self.rows.link("sos_person_reader_rel", person["id"], user)


def get_check_letter(digits):
    """The letter that a UPN with these twelve begins with."""
    # not before Odoo knows where its addons are
    from odoo.addons.sos_casework.models.people.sos_person_identifiers import (
        UPN_LETTERS,
    )

    total = sum(int(d) * place for place, d in enumerate(digits, start=2))
    return UPN_LETTERS[total % 23]


def make_upn(number):
    """A unique pupil number with its check letter."""
    digits = f"801{number % 10**8:08d}0"
    return get_check_letter(digits) + digits


def build(world, rows, children, seed, batch=None):
    """Make families until there are so many children.

    :param batch: called after each batch of families
    :return: the families, where there is no ``batch`` that takes them away
    """
    families, made, number = [], 0, 0
    while made < children:
        rng = random.Random(f"{seed}/{number}")
        family = Family(world, rows, rng, number, made)
        family.live()
        made += len(family.children)
        number += 1
        families.append(family)
        if batch and number % BATCH == 0:
            batch(made)
            families = []
    if batch:
        batch(made)
    return families


def generate(env, world, children, seed, progress=lambda made: None):
    """Fill a database."""
    cr = env.cr
    env.flush_all()
    rows = open_rows(cr, datetime.combine(world.as_at, time(18)))
    times = Times(env, world, seed)

    def write(made):
        forms = rows.tables["sos_form"]
        rows.write(cr)
        if world.employees:
            times.keep(forms)
        progress(made)

    build(world, rows, children, seed, write)
    rows.finish(cr)
    env.invalidate_all()
    env.registry.clear_cache()
    # a plan made for empty tables is slow for days
    cr.execute("ANALYZE")
