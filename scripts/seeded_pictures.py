"""The old behavior of the faults with pictures as people have them, kinds 16 to 25."""

from __future__ import annotations

from seeded_bugs import Bug

PICTURES = (
    Bug(
        "kind 16: ink on paper without a warning",
        "data/pictures/appearance.py",
        '    if not _within(found["border"], usual.border, SLACK):',
        '    if not _within(found["border"], usual.border, 2.0):',
        (
            "tests/cli/test_predict_pictures.py::"
            "test_ink_on_paper_is_told_without_preparation_and_prepared_with_it",
            "tests/data/pictures/test_appearance.py::test_each_departure_is_told",
        ),
    ),
    Bug(
        "kind 16: pictures that auto does not prepare",
        "runs/shown.py",
        "    chosen = intake.preparation if isinstance(prepare_with, str) else prepare_with",
        "    chosen = None if isinstance(prepare_with, str) else prepare_with",
        (
            "tests/cli/test_predict_pictures.py::"
            "test_ink_on_paper_is_told_without_preparation_and_prepared_with_it",
        ),
    ),
    Bug(
        "kind 16: dark ink that stays dark",
        "data/pictures/ink.py",
        "    if even and middle - soft.min() < soft.max() - middle:\n",
        "    if even:\n",
        ("tests/data/sources/test_preparation.py::test_an_image_of_the_set_is_left_as_it_is",),
    ),
    Bug(
        "kind 16: an uneven ground taken for an even one",
        "data/pictures/ink.py",
        "EVEN / 4).mean() < 0.5:",
        "EVEN / 4).mean() < 0:",
        ("tests/data/pictures/test_glyph.py::test_one_character_is_found_on_many_grounds",),
    ),
    Bug(
        "kind 16: opacity that is no ink",
        "data/pictures/ink.py",
        "    if max(spans) < ONE_COLOR:",
        "    if max(spans) < 0:",
        ("tests/data/sources/test_preparation.py::test_an_image_of_the_set_is_left_as_it_is",),
    ),
    Bug(
        "kind 17: relu_backward_here of 0 and 1 that are black",
        "data/pictures/plain.py",
        "    if full is None or high == pixels.min():",
        "    if full is None or high < 255:",
        ("tests/data/pictures/test_picture.py::test_masks_are_read_in_their_own_range",),
    ),
    Bug(
        "kind 17: 16 bits that hold 8 or 12 and are black",
        "data/pictures/levels.py",
        "        low, full = 0.0, next(most for most in fitting if high < most + max(over, 0.5))",
        "        low, full = 0.0, [*fitting][0 if real and high < 2 else -1]",
        ("tests/data/pictures/test_picture.py::test_lossless_encodings_of_one_picture_are_equal",),
    ),
    Bug(
        "kind 17: colors of 16 bits by their high byte",
        "data/pictures/picture.py",
        "        deep = is_deep(image)\n",
        "        deep = False\n",
        (
            "tests/data/pictures/test_deep_color.py::test_colors_of_16_bits_have_the_range_of_their_values",
        ),
    ),
    Bug(
        "kind 18: flat pictures left uncounted",
        "data/flat.py",
        "    flat: NDArray[np.bool_] = (high - low <= TOLERANCE).all(1)",
        "    flat: NDArray[np.bool_] = (high - low < 0).all(1)",
        ("tests/data/test_flat.py",),
    ),
    Bug(
        "kind 18: flat images counted in the training part alone",
        "data/check.py",
        "    flat = {name: int(is_flat(part.images).sum()) if images else 0 for name, part in parts.items()}",
        "    flat = {name: 0 for name in parts}\n"
        '    flat["training"] = int(is_flat(dataset.train.images).sum()) if images else 0',
        ("tests/data/test_check.py::test_flat_images_are_counted_in_every_part",),
    ),
    Bug(
        "kind 19: files passed over in silence",
        "data/sources/sorted_pictures.py",
        "    if reading.passed_over:\n",
        "    if len(reading.passed_over) < 0:\n",
        ("tests/data/sources/test_folder.py::test_hidden_files_are_passed_over_and_others_told",),
    ),
    Bug(
        "kind 19: pictures known by their suffix alone",
        "data/sources/listing.py",
        "            return is_picture_content(file.read(HEAD))",
        "            return is_picture_content(file.read(0))",
        ("tests/data/sources/test_folder.py::test_any_suffix_and_none_is_read",),
    ),
    Bug(
        "kind 20: one bad picture that stops a prediction",
        "evaluation/predict.py",
        "    if paths and all(each.error for each in shown):",
        "    if pictures and any(each.error for each in shown):",
        (
            "tests/cli/test_predict_pictures.py::"
            "test_the_good_pictures_are_answered_and_the_bad_named",
        ),
    ),
    Bug(
        "kind 20: bad pictures that cannot be left out",
        "data/sources/sorted_pictures.py",
        "    if met.bad and not wanted.skip_bad:",
        "    if met.bad:",
        ("tests/data/sources/test_folder.py::test_bad_pictures_are_left_out_if_that_is_asked_for",),
    ),
    Bug(
        "kind 20: a JPEG without its last bytes that is refused",
        "data/pictures/jpeg.py",
        "    return (image, float(missing.mean())) if missing.sum() <= few else None",
        "    return (image, float(missing.mean())) if missing.sum() < 0 else None",
        ("tests/data/pictures/test_jpeg.py::test_a_file_without_its_last_bytes_is_a_picture",),
    ),
    Bug(
        "kind 21: pictures of phones that are too large",
        "data/pictures/jpeg.py",
        "    scale = next((each for each in SCALES if width * height <= most * each**2), None)",
        "    scale = 1 if width * height <= most else None",
        ("tests/data/pictures/test_jpeg.py::test_sides_are_divided_until_the_pixels_fit",),
    ),
    Bug(
        "kind 21: HEIC that is no picture",
        "data/pictures/picture_file.py",
        '    if kind == "HEIF":',
        '    if kind == "":',
        ("tests/data/pictures/test_picture_file.py::test_heic_is_read_by_its_plug_in_or_names_it",),
    ),
    Bug(
        "kind 21: HEIC of one brand alone",
        "data/pictures/formats.py",
        "ftyp(?:hei[cmsx]|hev[cmx]|mif1|msf1)",
        "ftyp(?:heic)",
        ("tests/data/pictures/test_formats.py::test_heif_has_many_brands",),
    ),
    Bug(
        "kind 22: pictures that are always stretched",
        "data/pictures/fit.py",
        '    if fit == "stretch":',
        "    if fit:",
        ("tests/data/pictures/test_fit.py::test_each_fit_of_a_wide_picture",),
    ),
    Bug(
        "kind 22: a run's pictures stretched when they are predicted",
        "runs/shown.py",
        '    fit = source.fit if isinstance(source, Pictures) else "stretch"',
        '    fit = "stretch"',
        ("tests/runs/test_shown.py::test_a_run_on_sorted_pictures_fits_as_they_were",),
    ),
    Bug(
        "kind 23: one name in two Unicode forms that is two classes",
        "data/sources/class_names.py",
        '    composed = {name: normalize("NFC", name) for names in folders.values() for name in names}',
        "    composed = {name: name for names in folders.values() for name in names}",
        (
            "tests/data/sources/test_class_names.py::test_one_name_in_two_unicode_forms_is_one_class",
        ),
    ),
    Bug(
        "kind 23: names that differ in case and are two classes",
        "data/sources/class_names.py",
        '        other = alike.setdefault(normalize("NFC", name.casefold()).strip(), name)',
        "        other = alike.setdefault(name, name)",
        (
            "tests/data/sources/test_class_names.py::test_names_that_differ_in_case_or_spaces_are_refused",
        ),
    ),
    Bug(
        "kind 23: names of which a sheet draws boxes",
        "data/sheet.py",
        "plain) if font is None else (name, font)",
        "plain) if font is ... else (name, font or plain)",
        ("tests/data/test_sheet.py::test_names_without_a_font_are_numbered_and_told",),
    ),
    Bug(
        "kind 24: leftovers of unpacking that are classes",
        "data/sources/listing.py",
        '        name.startswith(".") or name.lower() in LEFTOVERS for name in path.parts',
        '        name.startswith(".") for name in path.parts',
        ("tests/data/sources/test_listing.py::test_leftovers_of_unpacking_are_passed_over",),
    ),
    Bug(
        "kind 24: links to folders that are not followed",
        "data/sources/listing.py",
        "            elif entry.is_dir():",
        "            elif entry.is_dir(follow_symlinks=False):",
        (
            "tests/data/sources/test_listing.py::test_links_out_of_the_folder_are_followed_and_others_told",
        ),
    ),
    Bug(
        "kind 25: a picture under two labels without a warning",
        "data/check.py",
        "    torn = numbers[kinds > 1]",
        "    torn = numbers[kinds < 1]",
        (
            "tests/data/test_check.py::test_a_picture_under_two_labels_is_named",
            "tests/cli/test_folders.py::test_the_check_in_words_and_as_json",
        ),
    ),
)
