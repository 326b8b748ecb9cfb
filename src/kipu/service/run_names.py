"""Names for runs that were given none: an adjective, a noun and a number."""

from __future__ import annotations

import random

_ADJECTIVES = """
    able agile amber ample apt avid balmy bold brave breezy bright brisk calm candid cheery
    civil clear clever cosy crisp curious dapper daring deft eager early earnest easy fair fancy
    fine fleet fluent fond frank fresh gentle glad golden good grand hale handy happy hardy
    hearty honest humble jolly jovial keen kind lively loyal lucid lucky mellow merry mild
    mindful modest neat nimble noble patient peppy placid plucky polite proud quick quiet rapid
    ready regal robust rosy sage sharp shiny silver sleek smart snug solid spry steady still
    stout sunny swift tall tender tidy trusty upbeat valiant vivid warm wise witty young zesty
"""

_NOUNS = """
    acorn alder alpaca amaranth anchovy badger bamboo basalt beaver birch bison boulder brook
    cactus canyon cedar cinchona cloud clover cobalt comet condor coral cotton crane creek
    cypress delta dolphin dune eagle ember falcon fern fjord flamingo foxglove garnet gecko
    geyser glacier granite grove guanaco harbor hazel heron hill ibis iguana island ivy jaguar
    jasmine juniper kelp kestrel lagoon lake lark laurel lichen lily llama lynx maize mango
    maple marble marmot meadow mesa mink moss nettle oak oasis ocelot olive orchid otter owl
    palm pampas parrot pebble pelican pepper pine plover pond poppy potato prairie puma quartz
    quinoa raven reed reef ridge river robin saffron salmon sierra sparrow spruce summit swan
    tapir thistle tide toucan tulip tundra valley vicuna walnut willow wren zephyr
"""

# A generator of its own: seeding ``random`` for training must not make all runs share a name.
_random = random.SystemRandom()


def random_name(max_length: int = 20) -> str:
    """A name such as ``brisk-condor-482``, of at most ``max_length`` characters."""
    while True:
        adjective, noun = _random.choice(_ADJECTIVES.split()), _random.choice(_NOUNS.split())
        name = f"{adjective}-{noun}-{_random.randrange(1000)}"
        if len(name) <= max_length:
            return name
