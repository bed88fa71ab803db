from photochrom.training.export import Exported


def test_export_says_what_it_made_and_warns_of_a_gray_model(main, tmp_path, monkeypatch, capsys):
    def write(checkpoint, target, prune, size, gain, temperature, overwrite):
        target.write_bytes(bytes(1_500_000))
        return Exported(7, 30, "differs by nothing", 0.004)

    monkeypatch.setattr("photochrom.training.export.export", write)
    assert main("export", "best.pt", "-o", tmp_path / "new.onnx") == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'new.onnx'}: 1.5 MB, epoch 7 of 30; differs by nothing\n"
    assert "paints almost nothing (a mean chroma of 0.004 on" in err


def test_export_does_not_replace_a_photograph(main, source, tmp_path, capsys):
    content = source.read_bytes()
    for words in ([], ["--overwrite"]):
        assert main("export", tmp_path / "best.pt", "-o", source, *words) == 2
        assert "a model ends with .onnx" in capsys.readouterr().err
    assert source.read_bytes() == content


def test_export_replaces_a_model_only_if_asked(main, tmp_path, capsys):
    (tmp_path / "there.onnx").write_bytes(b"somebody's")
    assert main("export", tmp_path / "best.pt", "-o", tmp_path / "there.onnx") == 2
    assert "exists already; name another file, or --overwrite it" in capsys.readouterr().err


def test_prepare_writes_into_no_folder_of_others(main, source, tmp_path, capsys):
    assert main("prepare", tmp_path, tmp_path) == 2
    assert "is not empty; name a new folder" in capsys.readouterr().err
    assert main("prepare", tmp_path, source) == 2
    assert "is a file; name a new folder" in capsys.readouterr().err
    assert source.is_file()


def test_pack_says_how_to_train_on_its_shards(main, source, tmp_path, capsys):
    assert main("pack", source.parent, tmp_path / "shards") == 0
    assert capsys.readouterr().out == f"train on them with: --set 'data={tmp_path}/shards/00000.tar'\n"
    assert main("pack", source.parent, tmp_path / "other", "--per-shard", "0") == 2
    assert "--per-shard must be at least 1" in capsys.readouterr().err


def test_a_recipe_with_resume_begins_a_run_or_goes_on_and_other_processes_print_nothing(
    main, tmp_path, monkeypatch, capsys
):
    called = []
    monkeypatch.setattr("photochrom.training.loop.start_or_resume", lambda config, run, _: called.append((config, run)))
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("data: photographs\n")
    assert main("train", recipe, "--resume", tmp_path / "run", "--set", "epochs=7") == 0
    ((config, run),) = called
    assert (config.epochs, run) == (7, tmp_path / "run")
    assert capsys.readouterr().out == ""
    assert main("train", recipe, "--resume", tmp_path / "run", "-o", tmp_path / "other") == 2
