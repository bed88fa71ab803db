from photochrom.working_size import working_shape


def test_the_working_shape_is_that_of_python_for_any_aspect(run):
    sides = [1, 2, 33, 100, 333, 1000, 4097, 20000]
    cases = [(h, w, size, of) for h in sides for w in sides for size in (32, 208, 224, 512) for of in (1, 16, 32)]
    shapes = run(
        """
        const { workingShape } = await import("/engines/browser/working_size.js");
        return cases.map((one) => workingShape(...one));
        """,
        cases=cases,
    )
    assert [tuple(shape) for shape in shapes] == [working_shape(*case) for case in cases]
