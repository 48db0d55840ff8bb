"""Odoo as people who work there use it at a :class:`browser.Browser`."""

import time

import openpyxl

from .browser import PATIENCE, Browser

ROWS = ".o_list_view .o_data_row"


class Office(Browser):
    """Somebody who logged in, with the screens of Odoo.

    :ivar pictures: folder of the pictures of the screens that were seen
    """

    def __init__(self, service, role, folder, pictures):
        self.pictures = pictures
        super().__init__(service.address, folder)
        user = service.roles[role]
        self.role, self.since = role, time.monotonic()
        self.go("/web/login")
        self.write("input[name=login]", user["login"])
        self.write("input[name=password]", user["password"])
        self.click("button[type=submit]", "Log in")
        self.sees(".o_navbar")

    def picture(self, name):
        """Keep the screen as it is now, and say how long it took to come there."""
        self.wait("!sos.busy()")
        self.keep(f"{self.role}-{name}")
        now = time.monotonic()
        print(f"  {self.role}, {name}: {now - self.since:.1f} s")
        self.since = now

    def menu(self, section, item=None):
        """By the menu above."""
        self.click(".o_menu_sections .o_nav_entry, .o_menu_sections button", section)
        if item:
            self.click(".o-dropdown--menu .dropdown-item", item)
            self.sees(".o_breadcrumb", item)

    def button(self, text):
        self.click(".o_control_panel button, .o_form_view button", text)

    def confirm(self, text="Ok"):
        self.click(".modal button", text)
        self.wait("!sos.find('.modal', null).length")

    def write_cell(self, field, text):
        """In the first row of a list where something may be written."""
        cell = f".o_data_row td[name={field}]"
        self.click(cell)
        self.write(f"{cell} :is(input, textarea)", text)
        self.press("Tab", 9)

    def filter(self, text):
        """One of the filters of the list's search, put in or taken out."""
        self.click(".o_searchview_dropdown_toggler")
        self.click(".o_search_bar_menu .dropdown-item", text)
        self.press("Escape", 27)
        self.wait("!sos.find('.o_search_bar_menu', null).length")

    def drop_filters(self):
        while self.read(".o_searchview_facet"):
            count = len(self.read(".o_searchview_facet"))
            self.click(".o_searchview_facet .o_facet_remove")
            self.wait("sos.find('.o_searchview_facet', null).length < $0", count)
        self.wait("!sos.busy()")

    def count(self, within=".o_control_panel"):
        """:return: how many there are, as the list says above it"""
        text = self.sees(f"{within} .o_pager_limit", patience=PATIENCE)
        return int(text.rstrip("+"))

    def table(self):
        """:return: the rows of the list, all of its pages, each the words of its
        cells by the name of their field"""
        self.wait(f"!sos.busy() && document.querySelector({ROWS!r})")
        rows, whole = [], self.count()
        while True:
            rows += self.ask(
                "sos.find($0, null).map((row) => Object.fromEntries("
                "[...row.querySelectorAll('td[name]')].map("
                "(cell) => [cell.getAttribute('name'), sos.words(cell)])))",
                ROWS,
            )
            if len(rows) >= whole:
                return rows
            page = self.read(".o_pager_value")
            self.click(".o_pager_next")
            self.wait("sos.find('.o_pager_value', null).map(sos.words)[0] != $0", *page)
            self.wait("!sos.busy()")

    def cut(self, field):
        """:return: what does not stand whole in the list's column of a field"""
        return self.ask(
            "sos.find($0, null).filter((cell) => [cell, ...cell.querySelectorAll('*')]"
            ".some((part) => part.clientWidth && part.scrollWidth > part.clientWidth)"
            ").map(sos.words)",
            f"{ROWS} td[name={field}]",
        )

    def export(self):
        """All of a list, with the columns that it shows.

        :return: rows of the spreadsheet, the first one the names of its columns
        """
        self.click(".o_cp_action_menus button")
        path = self.download(".o-dropdown--menu .dropdown-item", "Export All")
        sheet = openpyxl.load_workbook(path).active
        return list(sheet.iter_rows(values_only=True))

    def card(self, name):
        """:return: the number that a card of a dashboard shows"""
        canvas = f".o-figure[data-id='card-{name}'] canvas"
        text = self.wait(
            "!sos.busy() && /^[0-9.,]+%?$/.test(document.querySelector($0)?.drawn)"
            " && document.querySelector($0).drawn",
            canvas,
        )
        return int(text.replace(",", ""))
