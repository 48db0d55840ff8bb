# shellcheck shell=bash
# The virtual environment .local/venv with everything that is pinned in config/.

# A Python that Odoo 19 takes. 3.11 first: the one that all pins were tried with.
sos_base_python() {
    local candidate
    for candidate in "${SOS_PYTHON3:-}" /usr/bin/python3.{11,12,13,10} \
        python3.{11,12,13,10} python3; do
        [[ -n $candidate ]] && command -v "$candidate" >/dev/null || continue
        "$candidate" -c 'import sys, venv
sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue
        command -v "$candidate"
        return
    done
    return 1
}

sos_pip_wheel() {
    compgen -G "$SOS_DEBS/usr/share/python-wheels/pip-*.whl" ||
        compgen -G '/usr/share/python-wheels/pip-*.whl'
}

# Debian's Python has no ensurepip of its own; then uv or Debian's wheel of pip.
sos_can_bootstrap_pip() {
    local python
    [[ -x $SOS_LOCAL/venv/bin/python ]] && return
    python=$(sos_base_python) || return 1
    command -v uv >/dev/null || "$python" -c 'import ensurepip' 2>/dev/null ||
        sos_pip_wheel >/dev/null
}

# sos_pip_install VENV ARGUMENT…
sos_pip_install() {
    local python=$1/bin/python wheel
    shift
    if command -v uv >/dev/null; then
        uv pip install --python "$python" "$@"
        return
    fi
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        if ! "$python" -m ensurepip >/dev/null 2>&1; then
            wheel=$(sos_pip_wheel | head -n 1)
            # A wheel can be run from where it is: it installs itself.
            "$python" "$wheel/pip" install --no-index "$wheel"
        fi
    fi
    "$python" -m pip install --quiet --disable-pip-version-check "$@"
}

# sos_venv_fill VENV REQUIREMENTS…: made when it is missing, filled again when
# one of the requirement files has changed.
sos_venv_fill() {
    local venv=$1 stamp=$1/.requirements want options=() file python
    shift
    want=$(cat "$@" | sha256sum)
    # A moved or copied folder leaves an environment that points elsewhere.
    if ! "$venv/bin/python" -c '' 2>/dev/null ||
        ! grep -qsF "$venv" "$venv/bin/activate"; then
        python=$(sos_base_python) || sos_die \
            "no Python 3.10 to 3.13 found: install one, or name it in SOS_PYTHON3."
        rm -rf "$venv"
        "$python" -m venv --without-pip "$venv"
    fi
    [[ $(cat "$stamp" 2>/dev/null) != "$want" ]] || return 0
    rm -f "$stamp"
    for file in "$@"; do options+=(-r "$file"); done
    sos_pip_install "$venv" "${options[@]}" || sos_die \
        "the Python packages could not be installed (lines above). Check that" \
        "this machine reaches a Python package index, and start again."
    printf '%s\n' "$want" >"$stamp"
}

sos_venv() {
    sos_venv_fill "$SOS_LOCAL/venv" "$SOS_ROOT"/config/requirements-{odoo,dev}.txt
    sos_venv_sees_odoo
}

# A path file makes "import odoo" work and lets pip see Odoo's version.
sos_venv_sees_odoo() {
    local site
    site=$(compgen -G "$SOS_LOCAL/venv/lib/python3.*/site-packages" | head -n 1)
    sos_odoo_python_path >"$site/odoo-19.pth"
}
