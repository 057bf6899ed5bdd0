"""The scene board: photos placed on a frame, sent as scene.compose."""
