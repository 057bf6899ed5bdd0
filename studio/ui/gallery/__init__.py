"""The gallery: everything that came out, in one virtual grid."""
