"""Names and sentences. None of them is anybody's."""

FIRST = (
    "Ada Amir Anya Archie Beth Callum Cara Dev Ellis Elsie Farah Finn Grace Hamza "
    "Hugo Imani Isla Jamal Jess Kai Kofi Lena Leo Maya Milo Nadia Noah Olive Omar "
    "Poppy Quinn Rae Rosa Sami Skye Tariq Tess Uma Vera Will Yara Zac"
).split()
LAST = (
    "Abbott Adeyemi Barlow Begum Birch Carver Chowdhury Dale Drummond Ellery Farrow "
    "Fenwick Garner Hale Hussain Ingham Jarrow Kaur Kendal Larkin Lowe Marsh Mensah "
    "Naylor Novak Okoro Orton Patel Penrose Quigley Rahman Redfern Sayer Shaw Tanner "
    "Thorne Underhill Varley Walton Whitby Yardley Zielinski"
).split()
STREETS = "Canal Street,Mill Lane,Orchard Close,Station Road,Tanner Row".split(",")
WORDS = (
    "The parents argued at night and the children heard it from their beds.",
    "Nan came at once when she was called and stayed until everybody was calm.",
    "School says that the children come hungry on most Mondays.",
    "The house was warm, and there was food in the cupboards.",
    "Mum said: I know that it cannot go on like this, and I want help with it.",
    "The health visitor saw that the baby has gained weight since last time.",
    "Dad has kept to what was agreed since the meeting.",
    "The children were late for school on six days of this month.",
    "Nobody woke up when the little one left the flat at six in the morning.",
    "An aunt takes the children on Fridays, and they look forward to it.",
)
DANGER = (
    "Everybody is worried that the adults may drink and fight again, and that the "
    "children will be hurt or frightened."
)
GOAL = (
    "The children are with a grown-up who is sober and calm, on every day and night, "
    "for six months."
)
SCALE = ("The children cannot stay here tonight.", "Nobody needs to worry any more.")
RULES = (
    "When somebody has drunk, Nan is called and stays the night.",
    "No visitors after eight in the evening.",
    "One grown-up walks the children to school every day.",
)
VOICE = (
    "I don't like it when they shout.",
    "Nan makes pancakes.",
    "I want my own room, and a dog.",
)
