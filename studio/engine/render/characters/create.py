"""sora2.character.create: a character from a clip of 2 to 4 seconds, kept under its id with its name."""

from __future__ import annotations

from PIL import Image

from studio.engine.render.characters.footage import read_footage
from studio.engine.render.characters.keeping import Character, id_for, keep
from studio.engine.render.characters.poses import cut_poses
from studio.engine.render.characters.sheet import face_of, preview
from studio.engine.render.characters.subject import Subject, find_subject
from studio.engine.render.clip.reading import open_clip
from studio.engine.render.lipsync.frame_store import FrameStore
from studio.engine.render.still import write_png
from studio.engine.render.task import RenderControl, RenderOutput, RenderRefusedError, RenderTask

RESULT = "character.png"
METHOD = "found by cascades, motion and salience, followed by optical flow, cut out by GrabCut and a matte; no trained model"
_READ, _FOUND, _CUT = 0.2, 0.45, 0.9


def render_character(task: RenderTask, control: RenderControl) -> RenderOutput:
    """Render `cannon:sora2.character.create`: keep the character in the task's `kept` folder, give a preview as PNG.

    `extra`: `character_id`, `name`, and what was found (`kind`, `found_by`, `poses`, `cut_by_frame`, `method`). The same
    job gives the same id. RenderRefusedError naming video_url where the clip is no video, not 2 to 4 s long, or shows no
    figure that can be cut out.
    """
    control.progress(0.0)
    name = str(task.input.get("name") or "").strip()
    clip = open_clip(task, "video_url")
    with FrameStore(task.path / "frames.jpgs") as store:
        footage = read_footage(clip, store, control.check)
        control.progress(_READ)
        subject = find_subject(footage, store, control.check)
        control.progress(_FOUND)
        poses = None
        if subject is not None:
            poses = cut_poses(footage, subject, store, lambda share: control.progress(_FOUND + (_CUT - _FOUND) * share))
    if subject is None or poses is None:
        raise RenderRefusedError("No face and no figure stands out in the clip. Use one in which a single person, animal or "
                                 "thing is seen large, well lit and apart from its background.", "video_url")
    control.progress(_CUT)
    character = Character(id_for(task.path.name), name, subject.kind, poses)
    path = write_png(Image.fromarray(preview(poses)), task.path, control, RESULT)
    keep(task.kept_path, character, face_of(poses))
    control.progress(1.0)
    with Image.open(path) as image:
        width, height = image.size
    return RenderOutput("image", (str(path),), width, height, None, _told(character, subject))


def _told(character: Character, subject: Subject) -> dict[str, object]:
    poses = character.poses
    return {
        "character_id": character.id, "name": character.name, "kind": character.kind, "found_by": subject.found_by,
        "poses": len(poses.rgba), "face_found": poses.face is not None, "cut_by_frame": sorted(poses.cut),
        "whole_figure": "bottom" not in poses.cut, "method": METHOD,
    }
