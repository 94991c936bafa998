"""Furniture made up for training: comment threads, teasers and portraits around the bodies of real pages.

A hundred labelled pages hold a handful of comment threads, too few to learn from.  The forms below were written down
from what comment systems and news sites print; the sentences in them are drawn from bodies of other pages in the same
fold, so a model cannot know them by heart.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

FIRST_NAMES = (
    "Alex", "Maria", "John", "Sarah", "Mike", "Priya", "Tom", "Elena", "David", "Fatima", "Chris", "Yuki",
    "Omar", "Anna", "Pete", "Laura", "Ivan", "Grace", "Sam", "Nina", "Carlos", "Beth", "Ahmed", "Julie", "Raj",
    "Tina", "Paul", "Ingrid", "Mark", "Chloe",
)  # fmt: skip
LAST_NAMES = (
    "Smith", "Garcia", "Brown", "Lee", "Kowalski", "Patel", "Novak", "Rossi", "Khan", "Martin", "Berg", "Silva",
    "Jones", "Okafor", "Chen", "Dubois", "Ivanov", "Müller", "Haddad", "Walsh",
)  # fmt: skip
NICKNAMES = (
    "skywatcher99", "mikeb1", "TheDude", "Grumpy_Old_Man", "jdoe7", "truthseeker", "coffeeaddict", "Nomad42",
    "sunny_d", "RealistBob", "guest", "anon", "DigitalDave", "sarcasmo", "lurker2", "hockeymom", "PickledEgg",
    "xyz123",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec",
)  # fmt: skip
REMARKS = (
    "I totally agree with this.",
    "Great article, thanks for sharing!",
    "This is exactly what I have been saying for years.",
    "Not sure I agree with the author here.",
    "What a load of nonsense.",
    "Can someone explain why this matters?",
    "I live there and it is nothing like what you describe.",
    "My experience has been quite different, to be honest.",
    "Thanks for the info.",
    "You obviously have no idea what you are talking about.",
    "Lol, good one.",
    "I was thinking the same thing!",
    "They should have done this years ago.",
    "Why is nobody talking about the real problem?",
    "So true.",
    "Well said.",
    "I don't think that is how it works.",
    "It's about time someone said it.",
    "Wow. Just wow.",
    "Interesting read, but I think you missed the point.",
    "And yet nothing will change.",
    "Has anyone tried this? I would love to hear how it went.",
    "I bought one last year and it stopped working after two months.",
    "My wife and I loved it.",
    "If you think that is bad you should see what they do here.",
    "Please correct the typo in the third paragraph.",
    "I hope they get it right this time.",
    "We need more stories like this one.",
    "Follow the money.",
    "I would not trust them as far as I could throw them.",
)
ASIDES = (
    "What about the {}?",
    "The {} is the real story here.",
    "I still don't get the thing about {}.",
    "Nobody cares about {} anymore.",
)
THREAD_HEADINGS = (
    "Comments",
    "{} Comments",
    "{} comments",
    "COMMENTS",
    "Comments ({})",
    "{} Responses to this post",
    "Discussion",
    "{} thoughts on “this post”",
    "Top Comments",
    "Join the conversation",
    "Leave a comment",
    "View comments",
    "Reader comments",
    "What do you think?",
    "Comment",
    "{} replies",
)
THREAD_NOTES = (
    "Sort by: Newest",
    "Newest first",
    "Oldest first",
    "Log in to comment",
    "Sign in to comment",
    "Comments are moderated.",
    "Please keep your comments civil.",
)
TURN_FOOTERS: tuple[tuple[str, ...], ...] = (
    (),
    ("Reply",),
    ("Reply", "Report"),
    ("Like", "Reply"),
    ("Reply ↓",),
    ("Report abuse",),
    ("7 likes", "Reply"),
    ("Share", "Reply"),
    ("Rating: 12 votes",),
    ("Permalink",),
    ("Quote",),
)
LIST_HEADINGS = (
    "Related Stories", "More from this section", "Most Popular", "Latest News", "Recommended", "You May Also Like",
    "Trending", "More News", "Top Stories", "Related Articles", "Read Next", "Editor's Picks", "From the Web",
    "Sponsored", "Recent Posts", "Local", "World", "Sports", "More in Business", "Don't Miss", "Up Next",
    "Features", "Popular",
)  # fmt: skip
SECTIONS = (
    "News", "Politics", "Sports", "Business", "Opinion", "Tech", "World", "Health", "Entertainment",
    "Lifestyle", "Video", "Local", "Science",
)  # fmt: skip
PORTRAITS = (
    "{name} is a staff writer covering {topic}.",
    "{name} is a freelance journalist based in London. Follow {name} on Twitter @{nick}.",
    "About the author: {name} writes about {topic} and has been with us since 2011.",
    "{name} is the author of two books about {topic}. Email: {nick}@example.com",
    "{name} contributed to this report.",
    "We are an independent publication devoted to {topic}. Our journalism is made possible by readers like you.",
    "Founded in 1998, we bring you the latest on {topic} every day. Sign up for our free newsletter.",
    "If you enjoyed this story, please consider supporting our work with a small donation.",
)


def _name(random: Random) -> str:
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    return random.choice((f"{first} {last}", first, random.choice(NICKNAMES), f"{first} {last[0]}"))


def _date(random: Random) -> str:
    month, day, year = random.choice(MONTHS), random.randint(1, 28), random.randint(2009, 2023)
    clock = f"{random.randint(1, 12)}:{random.randint(0, 59):02} {random.choice(('am', 'pm', 'AM', 'PM'))}"
    return random.choice(
        (
            f"{month} {day}, {year} at {clock}",
            f"{month} {day}, {year}",
            f"{day} {month} {year}",
            f"{day} {month} {year}, {clock}",
            f"{day} hours ago",
            f"{day} days ago",
            f"{day % 11 + 2} months ago",
            f"{year}-{day % 12 + 1:02}-{day:02} {day % 24:02}:{day:02}",
            f"{day % 12 + 1}/{day}/{year} {clock}",
            f"{day % 9 + 1}h",
            "a day ago",
        )
    )


def _remarks(random: Random, sentences: Sequence[str], topics: Sequence[str]) -> list[str]:
    said = [random.choice(REMARKS) for _ in range(random.choice((1, 1, 2, 3)))]
    if sentences and random.random() < 0.55:
        said.insert(random.randint(0, len(said)), random.choice(sentences))
    if topics and random.random() < 0.4:
        said.append(random.choice(ASIDES).format(random.choice(topics)))
    if len(said) > 1 and random.random() < 0.35:
        cut = random.randint(1, len(said) - 1)
        return [" ".join(said[:cut]), " ".join(said[cut:])]
    remark = " ".join(said)
    return [remark.lower() if random.random() < 0.12 else remark]


def comment_thread(random: Random, sentences: Sequence[str], topics: Sequence[str]) -> list[str]:
    """The lines of a comment thread in one of many house styles."""
    turns = random.choice((2, 3, 4, 6, 9, 14))
    lines = [random.choice(THREAD_HEADINGS).format(turns)] if random.random() < 0.75 else []
    if random.random() < 0.3:
        lines.append(random.choice(THREAD_NOTES))
    bullet = random.choice(("* ", "- ", "1. ")) if random.random() < 0.2 else ""
    style, footer = random.randint(0, 6), random.choice(TURN_FOOTERS)
    for _ in range(turns):
        name, date = _name(random), _date(random)
        remarks = _remarks(random, sentences, topics)
        turn = (
            [f"{name} on {date} said:", *remarks],
            [f"{name} says:", date, *remarks],
            [name, date, *remarks],
            [f"{name} · {date}", *remarks],
            [f"{name} | {date}", *remarks],
            [*remarks, f"Posted by {name} on {date}"],
            [f"{name} wrote:", *remarks],
        )[style]
        lines += [bullet + turn[0], *turn[1:], *footer]
    return lines


def teasers(random: Random, headlines: Sequence[str], openings: Sequence[str]) -> list[str]:
    """The lines of a list of other stories in one of many house styles."""
    lines = [random.choice(LIST_HEADINGS)] if random.random() < 0.75 else []
    style, bullet = random.randint(0, 6), random.choice(("", "", "* ", "- "))
    more = random.choice(((), (), ("Read more",), ("Continue reading",), ("Read More »",)))
    for _ in range(random.choice((3, 4, 6, 8, 12))):
        headline, opening, section = random.choice(headlines), random.choice(openings), random.choice(SECTIONS)
        if random.random() < 0.3:
            opening = opening[: random.randint(60, 140)].rsplit(" ", 1)[0] + "..."
        item = (
            [headline],
            [headline, opening],
            [headline, _date(random)],
            [headline, _date(random), opening],
            [section, headline, opening],
            [section, headline],
            [headline + opening],
        )[style]
        lines += [bullet + item[0], *item[1:], *more]
    return lines


def portrait(random: Random, topics: Sequence[str]) -> list[str]:
    """A line about the author or the publisher."""
    topic = random.choice(topics) if topics else "the city"
    return [random.choice(PORTRAITS).format(name=_name(random), nick=random.choice(NICKNAMES), topic=topic)]
