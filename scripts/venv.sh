# Sourced by the scripts beside it, from the root of the repository.
#
#   make_venv FOLDER GROUP...
#
# makes a virtual environment with the project and these dependency groups of
# pyproject.toml, and sets $python to its interpreter. A second call finds it
# ready, unless pyproject.toml has changed.

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python python3.14 python3.13 python3.12 python3.11; do
        if [ -n "$candidate" ] &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    echo "mask3d needs Python 3.11 or newer, and none was found; set PYTHON to one" >&2
    return 1
}

venv_python() {
    if [ -x "$1/Scripts/python.exe" ]; then # Windows
        echo "$1/Scripts/python.exe"
    else
        echo "$1/bin/python"
    fi
}

make_venv() {
    local folder=$1 group base stamp groups=()
    shift
    for group in "$@"; do groups+=(--group "$group"); done
    stamp="$* $(cksum pyproject.toml scripts/venv.sh)"
    python=$(venv_python "$folder")
    if [ -x "$python" ] && [ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ]; then
        return
    fi
    echo "making $folder, which takes a few minutes the first time" >&2
    base=$(find_python)
    if ! "$base" -m venv "$folder" >/dev/null; then
        # Debian's Python comes without ensurepip; its pip can put one into the environment.
        "$base" -m venv --without-pip --clear "$folder"
        "$base" -m pip --python "$(venv_python "$folder")" install --quiet "pip>=25.1"
    fi
    python=$(venv_python "$folder")
    "$python" -m pip install --quiet --upgrade "pip>=25.1" # the first that knows --group
    "$python" -m pip install --quiet --editable . "${groups[@]}"
    echo "$stamp" >"$folder/stamp"
}
