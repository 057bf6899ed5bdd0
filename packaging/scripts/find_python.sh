# Sets $python to a Python that the project runs on (3.11 to 3.13); on Debian and Ubuntu it installs one when there is none.
# Sourced by the scripts beside it. POSIX shell: there is no Python yet to write it in.

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

find_python() {
    for candidate in "$here/../.venv/bin/python" python3.11 python3.12 python3.13 python3 python; do
        if suits "$candidate"; then
            python=$candidate
            return 0
        fi
    done
    return 1
}

if ! find_python; then
    if command -v apt-get >/dev/null 2>&1; then
        echo "No Python 3.11, 3.12 or 3.13 was found. Installing: python3 python3-venv" >&2
        if [ "$(id -u)" = 0 ]; then as_root=""; else as_root="sudo -n"; fi
        $as_root apt-get update >&2 && $as_root apt-get install -y --no-install-recommends python3 python3-venv >&2 || {
            echo "That needs an administrator. Run: sudo apt-get install python3 python3-venv" >&2
            exit 1
        }
    fi
    find_python || {
        echo "Studio needs Python 3.11, 3.12 or 3.13, and none was found. Install one and run this again." >&2
        exit 1
    }
fi
