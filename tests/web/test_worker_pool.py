import asyncio
import threading

import pytest

from photochrom.web.worker_pool import BusyError, GoneError, OverdueError, WorkerPool


async def until(true):
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


def test_work_comes_back_with_its_times():
    async def scene():
        pool = WorkerPool(1, 0, 30)
        done = await pool.run(lambda: 42)
        pool.close()
        return done

    done = asyncio.run(scene())
    assert done.value == 42
    assert done.waited >= 0
    assert done.worked >= 0


def test_no_more_are_let_in_than_there_is_room_for():
    pool = WorkerPool(1, 1, 30)
    with pool.admitted(), pool.admitted(), pytest.raises(BusyError), pool.admitted():
        pass
    with pool.admitted():
        assert pool.active == 1
    assert pool.active == 0
    pool.close()


def test_what_work_raises_comes_through():
    async def scene():
        pool = WorkerPool(1, 0, 30)
        try:
            await pool.run(lambda: 1 // 0)
        finally:
            pool.close()

    with pytest.raises(ZeroDivisionError):
        asyncio.run(scene())


def test_overdue_work_keeps_its_place_and_work_that_waited_is_not_begun():
    async def scene():
        pool, end, begun = WorkerPool(1, 1, 0.2), threading.Event(), []
        slow = asyncio.create_task(pool.run(lambda: end.wait(30)))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(pool.run(lambda: begun.append(1)))
        results = await asyncio.gather(slow, waiting, return_exceptions=True)
        active = pool.active
        end.set()
        await until(lambda: pool.active == 0)
        pool.close()
        return results, active, begun

    results, active, begun = asyncio.run(scene())
    assert [type(result) for result in results] == [OverdueError, OverdueError]
    assert active == 1
    assert not begun


def test_work_that_waits_is_not_begun_when_nobody_waits_for_it_any_more():
    async def scene():
        pool, end, begun, gone = WorkerPool(1, 1, 30), threading.Event(), [], []

        async def is_gone():
            return bool(gone)

        slow = asyncio.create_task(pool.run(lambda: end.wait(30)))
        await asyncio.sleep(0.05)
        waiting = asyncio.create_task(pool.run(lambda: begun.append(1), is_gone))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        gone.append(True)
        (left,) = await asyncio.gather(waiting, return_exceptions=True)
        end.set()
        await slow
        later = await pool.run(lambda: 42, is_gone)
        pool.close()
        return left, begun, later.value

    left, begun, later = asyncio.run(scene())
    assert isinstance(left, GoneError)
    assert not begun
    assert later == 42, "what is done is answered"


def test_closing_waits_for_the_work():
    finished = []

    async def scene():
        pool, end = WorkerPool(1, 0, 30), threading.Event()
        work = asyncio.create_task(pool.run(lambda: (end.wait(30), finished.append(1))))
        await asyncio.sleep(0.05)
        threading.Timer(0.1, end.set).start()
        await asyncio.to_thread(pool.close)
        assert finished
        await work

    asyncio.run(scene())
