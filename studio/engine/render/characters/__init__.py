"""Characters: a figure taken from a short clip, kept under an id, and put on stage in scenes drawn from words.

All of it is classical. A face is found by cascades (Viola and Jones 2001) and followed by optical flow (Lucas and Kanade
1981); a figure without one by what moves against the median of the camera-steadied clip, else by what stands out (geodesic
saliency). Its outline is GrabCut (Rother et al. 2004) in every pose, softened by a matte of the colours nearby. On stage it
is a cut-out puppet: its poses are brought into line, played to and fro with in-betweens along the optical flow (Kroeger et
al. 2016), bent, tilted, lifted and moved by curves for each act, and lit by the scene's colours (Reinhard et al. 2001).
Nothing is invented: a side that the clip never showed is never seen, and a bust has no legs, so it is shown as a bust.
"""
