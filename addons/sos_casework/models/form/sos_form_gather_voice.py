from collections import defaultdict

from odoo import models

#: How many of each tool a document shows for a child: the newest.
SHOWN = {"words": 3, "drawing": 3}


class SosForm(models.Model):
    """The document's pieces in the children's own words and drawings."""

    _inherit = "sos.form"

    def _gather_block_child_voice(self, source):
        voices = source.search(
            "sos.voice",
            [("child_id", "in", source.children.ids)],
            order="on_date desc, id desc",
        )
        newest = defaultdict(list)
        for voice in voices:
            of_tool = newest[voice.child_id, voice.tool]
            if len(of_tool) < SHOWN.get(voice.tool, 1):
                of_tool.append(voice.id)
        # what all the children said is read in one go, without the older pictures
        shown = voices.filtered(lambda v: v.id in newest[v.child_id, v.tool])
        shown = shown.with_prefetch(shown.ids)
        children = source.children._eldest_first(source.readable(source.children))
        shown = shown.sorted(lambda v: children.ids.index(v.child_id.id))
        pieces = [self._gather_voice(source, voice) for voice in shown]
        stories = source.open_lines("sos.words.pictures").sorted("id")
        return pieces + [self._gather_story(source, story) for story in stories]

    def _gather_voice(self, source, voice):
        labels = self._get_voice_labels(voice.tool)
        return source.piece(
            "voice",
            line=voice,
            children=voice.child_id,
            about=[],
            speaker=voice.child_id,
            persons=sorted(voice.present_ids.ids),
            name=source.name(voice.child_id),
            tool=voice.tool,
            tool_text=source.words(voice, "tool"),
            on=source.day(voice.on_date),
            age=voice.age_text or None,
            parts=[
                {"code": name, "label": label, "text": voice[name]}
                for name, label in labels.items()
                if voice[name]
            ],
            words=voice.words or None,
            present=source.names(voice.present_ids),
            taken_by=voice.taken_by_id.name or None,
            picture=source.picture(voice, f"voice-{voice.id}"),
        )

    def _get_voice_labels(self, tool):
        """What the parts of a tool are called, in the order in which it has them."""
        if tool == "three_houses":
            return {
                "worries": self.env._("House of worries"),
                "good_things": self.env._("House of good things"),
                "dreams": self.env._("House of dreams"),
            }
        if tool == "safety_house":
            return {
                "inside": self.env._("Inside my house"),
                "rules": self.env._("The rules of my house"),
                "visitors": self.env._("Who may visit"),
                "unsafe": self.env._("Who or what is not safe"),
                "path": self.env._("Where I am on the path"),
            }
        return {
            "worries": self.env._("What I want to change"),
            "good_things": self.env._("What is good"),
            "dreams": self.env._("My wishes"),
        }

    def _gather_story(self, source, story):
        return source.piece(
            "words_pictures",
            line=story,
            children=story.child_ids,
            speaker=story.words_of_id,
            persons=sorted((story.agreed_by_ids | story.read_to_ids).ids),
            title=story.title or None,
            panels=[
                {
                    "text": panel.text,
                    "picture": source.picture(panel, f"panel-{panel.id}"),
                }
                for panel in story.panel_ids
            ],
            agreed_by=source.names(story.agreed_by_ids),
            read_to=source.names(story.read_to_ids),
        )
