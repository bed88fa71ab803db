import asyncio
import sys
from contextlib import asynccontextmanager

import pytest

from photochrom.web.films import jobs
from photochrom.web.films.jobs import Films, State
from photochrom.web.films.orders import Made, Moved, Order, to_line
from photochrom.web.refusals import RefusedError
from photochrom.web.settings import FilmSettings
from photochrom.web.worker_pool import BusyError

SLEEP = "import time; time.sleep(600)"


def tell(*values):
    """A program that tells what a worker tells."""
    return f"import sys; sys.stdout.buffer.write({b''.join(map(to_line, values))!r}); sys.stdout.flush()"


@pytest.fixture
def open_films(monkeypatch):
    """Films whose workers run a small program."""
    monkeypatch.setattr(jobs, "_SWEEP", 0.02)

    @asynccontextmanager
    async def opener(program=SLEEP, **limits):
        monkeypatch.setattr(jobs, "_COMMAND", (sys.executable, "-S", "-c", program))
        films = Films(FilmSettings(**limits))
        async with films.opened():
            yield films

    return opener


def begin(films):
    folder = films.folder()
    (folder / "film.mp4").write_bytes(bytes(100))
    order = Order(str(folder / "film.mp4"), str(folder / "colored.mp4"), 100, 50, "default")
    return films.begin(folder, "old-color.mp4", (0.299, 0.587, 0.114), order)


async def until(true):
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


def test_films_wait_for_their_turn_and_closing_leaves_nothing(open_films):
    async def scene():
        async with open_films() as films:
            first, second, third = (begin(films) for _ in range(3))
            await until(lambda: first.state is State.WORKING)
            assert [films.before(job) for job in (first, second, third)] == [0, 1, 2]
            await films.remove(first)
            await until(lambda: second.state is State.WORKING)
            assert not first.folder.exists()
            assert films.before(third) == 1
        assert not second.folder.parent.exists()

    asyncio.run(scene())


def test_how_far_it_is_and_what_came_of_it(open_films, tmp_path):
    ended, end = [], tmp_path / "end"
    wait = f"import os, time\nwhile not os.path.exists({str(end)!r}): time.sleep(0.01)"

    async def scene():
        program = f"{tell(Moved(10, 40, 30))}\n{wait}\n{tell(Made(['a note']))}"
        async with open_films(program) as films:
            films.on_end = lambda job, told: ended.append(job.state)
            job = begin(films)
            assert job.moved.total == 50, "as the file says"
            await until(lambda: job.moved.done)
            await asyncio.sleep(0.01)
            assert job.left() == pytest.approx(20 / job.rate(), rel=0.5), "half of the work is done"
            end.touch()
            await until(lambda: job.is_over)
            assert (job.state, job.notes, job.left()) == (State.DONE, ["a note"], None)

    asyncio.run(scene())
    assert ended == [State.DONE]


def test_a_worker_that_dies_fails_its_film_and_leaves_no_file(open_films):
    async def scene():
        async with open_films(tell(Moved(1, 2, 2))) as films:
            job = begin(films)
            await until(lambda: job.is_over)
            assert (job.state, job.folder.exists()) == (State.FAILED, False)
            assert "memory" in job.detail

    asyncio.run(scene())


def test_a_result_that_grows_too_large_is_given_up(open_films):
    async def scene():
        async with open_films(f"{tell(Moved(1, 2, 2))}; {SLEEP}", max_result=1) as films:
            job = begin(films)
            (job.folder / "part").write_bytes(bytes(10))
            await until(lambda: job.is_over)
            assert "larger crf" in job.detail

    asyncio.run(scene())


def test_who_does_not_ask_for_a_film_any_more_gives_it_up(open_films):
    async def scene():
        async with open_films(unasked=100, kept=200) as films:
            asked, forgotten = begin(films), begin(films)
            forgotten.asked -= 101
            await until(lambda: not forgotten.folder.exists())
            assert list(films.jobs) == [asked.id]
            with pytest.raises(RefusedError, match="nobody asked for it"):
                films.get(forgotten.id)
            await films.remove(asked)
        async with open_films(tell(Made([])), unasked=100, kept=200) as films:
            done, old = begin(films), begin(films)
            await until(lambda: done.is_over and old.is_over)
            done.asked -= 101
            old.asked -= 201
            await until(lambda: not old.folder.exists())
            assert list(films.jobs) == [done.id]

    asyncio.run(scene())


def test_places_are_for_so_many_films_and_what_was_delivered_makes_room(open_films):
    async def scene():
        async with open_films(tell(Made([])), at_once=1, queue=1) as films:
            first, _ = begin(films), begin(films)
            await until(lambda: all(job.is_over for job in films.jobs.values()))
            with pytest.raises(BusyError), films.admitted():
                pass
            first.has_been_sent()
            with films.admitted():
                assert first.id not in films.jobs
                with pytest.raises(BusyError), films.admitted():
                    pass
        async with open_films(at_once=0) as films:
            with pytest.raises(RefusedError, match="takes no films"), films.admitted():
                pass

    asyncio.run(scene())
