"""Attacks that rebuild a listed hash from answers, against the real desk: what they gain before they are stopped.

Rules:
- the asker starts from hashes that are near, as somebody who holds the picture would, and knows the threshold
- the gain counts bits of the final guess that are right, less those that the starting point had right
- ordinary traffic goes on undisturbed
"""

import random
from collections.abc import Iterator

from tutela_node.desks.matcher.tests.stage import LISTED, World, flipped
from tutela_node.hashlists.neighbours import MOST_TOLD, PATIENCE

LAST = 9  # bits that the last answer before the freezing may cost


def right(guess: int) -> int:
    return 256 - (guess ^ int(LISTED, 16)).bit_count()


def start(chance: random.Random, off: int = 20) -> int:
    """A hash with 128 ones that is near."""
    ones = [bit for bit in range(256) if int(LISTED, 16) >> bit & 1]
    noughts = [bit for bit in range(256) if not int(LISTED, 16) >> bit & 1]
    return int(flipped(LISTED, *chance.sample(ones, off // 2), *chance.sample(noughts, off // 2)), 16)


def told(world: World) -> float:
    return max(each.watch.most_told() for each in world.asking._askers.values())


def test_walking_to_the_edge_and_flipping_each_bit(world: World) -> None:
    """About 270 answers rebuild a hash of a service that answers them all."""
    chance = random.Random(1)
    begun = start(chance)
    edge, asked = begun, 0
    for bit in chance.sample(range(256), 256):  # to the last hash that is near
        asked += 1
        if world.match(f"{edge ^ 1 << bit:064x}") != "near":
            break
        edge ^= 1 << bit
    guess = begun
    for bit in range(256):
        asked += 1
        answer = world.match(f"{edge ^ 1 << bit:064x}")
        if answer == "403":
            break
        guess = guess & ~(1 << bit) | ((edge >> bit & 1) ^ (answer == "near")) << bit
    print(f"walk: {asked} questions, told at most {told(world):.1f} bits, gain {right(guess) - right(begun)}")
    assert answer == "403"
    assert told(world) <= MOST_TOLD + LAST
    assert right(guess) - right(begun) <= MOST_TOLD + LAST
    assert world.match(LISTED) == "403"  # suspended, also for what it could ask before


def spread(world: World, chance: random.Random) -> Iterator[tuple[int, str, str]]:
    """Balanced steps from several starting points, in turns by two tokens, alone and in batches."""
    starts = [start(chance, off) for off in (16, 20, 24)]
    tokens = ["harbour", "second"]
    for _ in range(200):
        batch = []
        for begun in starts:
            ones = [bit for bit in range(256) if begun >> bit & 1]
            noughts = [bit for bit in range(256) if not begun >> bit & 1]
            far = chance.randint(4, 14)
            batch.append(int(flipped(f"{begun:064x}", *chance.sample(ones, far), *chance.sample(noughts, far)), 16))
        token = chance.choice(tokens)
        questions = [{"pdq": f"{each:064x}"} for each in batch]
        answer = world.call("POST", "/v1/batch", token=token, json={"questions": questions})
        if answer.status == 403:
            tokens.remove(token)
        else:
            yield from (
                (value, each["class"], token) for value, each in zip(batch, answer.json["answers"], strict=True)
            )
        if not tokens:
            return


def test_spreading_balanced_questions_over_starts_and_tokens(world: World) -> None:
    gains, most = [], 0.0
    chance = random.Random(2)
    begun = start(chance)
    answers = list(spread(world, chance))
    most = told(world)
    guess = 0
    for bit in range(256):  # each bit as the near questions had it more often than the others
        near = [value >> bit & 1 for value, answer, _ in answers if answer == "near"]
        none = [value >> bit & 1 for value, answer, _ in answers if answer == "none"]
        weight = sum(near) / max(1, len(near)) - sum(none) / max(1, len(none))
        guess |= (weight > 0 if abs(weight) > 0.3 else begun >> bit & 1) << bit
    gains.append(right(guess) - right(begun))
    print(f"spread: {len(answers)} answers, told at most {most:.1f} bits, gain {gains[0]}")
    assert len(answers) < 2 * PATIENCE + 200
    assert most <= MOST_TOLD + LAST
    assert gains[0] <= MOST_TOLD + LAST


def test_asking_outside_first_tells_no_more(world: World) -> None:
    """Questions from before the first near answer count as well."""
    chance = random.Random(3)
    edge = int(flipped(LISTED, *range(40)), 16)
    for number in range(600):
        moved = flipped(f"{edge:064x}", *chance.sample(range(256), 8 + number % 5))
        if world.match(moved) == "403":
            break
    assert told(world) <= MOST_TOLD + LAST + 6
    world.match(LISTED)
    assert told(world) <= MOST_TOLD + LAST + 20


def test_ordinary_traffic_is_left_alone(world: World) -> None:
    """Many pictures, and one that everybody sends in many forms, repeats among them."""
    chance = random.Random(4)
    weak = chance.sample(range(256), 40)  # the bits of a picture that a new encoding may turn
    for number in range(1500):
        value = f"{chance.getrandbits(256):064x}" if number % 2 else flipped(LISTED, *chance.sample(weak, 8))
        assert world.match(value) in ("near", "none"), number
    assert told(world) < MOST_TOLD


def test_a_frozen_neighbourhood_answers_as_the_nearest_question_was_answered(world: World) -> None:
    edge = flipped(LISTED, *range(31))
    for bit in range(60, 110):
        world.match(flipped(edge, bit, 200 + bit % 40))
        world.match(flipped(edge, bit % 31, 200 + bit % 40))
    assert told(world) >= MOST_TOLD
    assert world.match(LISTED, token="lighthouse") == "near"
