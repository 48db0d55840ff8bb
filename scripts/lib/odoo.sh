# shellcheck shell=bash
# Odoo 19: the installation named by ODOO_HOME, or Debian's package of it
# unpacked into .local/odoo.

# Where the chosen installation is remembered for the next call.
SOS_ODOO=$SOS_LOCAL/odoo

sos_odoo_origin() {
    [[ -z ${ODOO_HOME:-} ]] || printf ' (yours: %s)' "$ODOO_HOME"
}

# The folder that holds the Python package "odoo".
sos_odoo_python_path() {
    if [[ -z ${ODOO_HOME:-} ]]; then
        printf '%s\n' "$SOS_ODOO/usr/lib/python3/dist-packages"
    elif [[ -f $ODOO_HOME/odoo/release.py ]]; then
        (cd "$ODOO_HOME" && pwd)
    elif [[ -f $ODOO_HOME/release.py ]]; then
        (cd "$ODOO_HOME/.." && pwd)
    else
        return 1
    fi
}

# Odoo's own addons: all in one folder in a package, in two in a source tree
# (then a comma-separated list).
sos_odoo_addons() {
    local base
    base=$(sos_odoo_python_path) || return 1
    if [[ -d $base/odoo/addons/web ]]; then
        printf '%s\n' "$base/odoo/addons"
    else
        printf '%s\n' "$base/odoo/addons,$base/addons"
    fi
}

sos_odoo() {
    local base release
    if [[ -z ${ODOO_HOME:-} ]]; then
        [[ -f $SOS_ODOO/.complete ]] || sos_odoo_unpack
        return
    fi
    base=$(sos_odoo_python_path) || sos_die \
        "ODOO_HOME is $ODOO_HOME, but there is no Odoo in it. Set it to the folder" \
        "that holds odoo-bin or the Python package 'odoo', or leave it out."
    release=$(sed -n 's/^version_info = (\([0-9]*\),.*/\1/p' "$base/odoo/release.py")
    [[ $release == 19 ]] || sos_die \
        "the Odoo in $ODOO_HOME is version ${release:-unknown}; these addons are for" \
        "19. Set ODOO_HOME to an Odoo 19, or leave it out."
}

# apt with a list of sources of its own (one line: Debian unstable) and without
# the system's preferences. Signatures are checked with Debian's own key ring.
sos_sid_apt() {
    local dir=$SOS_LOCAL/apt-odoo
    apt-get -q -o Acquire::Retries=3 -o Debug::NoLocking=1 \
        -o APT::Sandbox::User="$(id -un)" \
        -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::Etc::preferences=- -o Dir::Etc::preferencesparts="$dir/empty" \
        -o Dir::State::lists="$dir/lists" -o Dir::Cache="$dir/cache" \
        -o Dir::Log="$dir" "$@"
}

# The mirror that this machine uses for Debian; only apt knows it.
sos_debian_uri() {
    local codename
    # shellcheck disable=SC1091
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    sos_private_apt indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
        "Codename: $codename" | head -n 1
}

sos_odoo_unpack() {
    local dir=$SOS_LOCAL/apt-odoo new=$SOS_LOCAL/odoo.new uri
    local no_odoo="Install Odoo 19 Community by hand and set ODOO_HOME to its folder."
    command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
        sos_die "this machine has no apt-get, which fetches Odoo. $no_odoo"
    # The list of packages of the system may be empty (a new container).
    sos_private_apt update
    uri=$(sos_debian_uri)
    [[ -n $uri ]] || sos_die "no Debian archive is set up for apt here. $no_odoo"

    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir"/{debs,empty}
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' \
        "$uri" >"$dir/sources.list"
    sos_sid_apt update
    rm -rf "$new"
    mkdir -p "$new"
    cd "$dir/debs" || return 1
    sos_sid_apt download odoo-19 libjs-jquery libjs-underscore libjs-jquery-form \
        fonts-roboto-unhinted fonts-montserrat ||
        sos_die "Debian's archive has no package odoo-19 (any more). $no_odoo"
    # These three from the system's own release: newer ones moved their files.
    sos_private_apt download fonts-font-awesome fonts-inconsolata fonts-ocr-b
    local deb
    for deb in "$dir"/debs/*.deb; do dpkg -x "$deb" "$new"; done
    sos_odoo_mend "$new"
    cd "$SOS_LOCAL" || return 1
    rm -rf "$dir" "$SOS_ODOO"
    mv "$new" "$SOS_ODOO"
    touch "$SOS_ODOO/.complete"
}

sos_odoo_mend() {
    local addons=$1/usr/lib/python3/dist-packages/odoo/addons broken
    # Debian leaves out this library (background blur in video calls), but the
    # asset bundle still names it and every page would log an error.
    mkdir -p "$addons/mail/static/lib/selfie_segmentation"
    [[ -e $addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js ]] ||
        : >"$addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    # Links to fonts or libraries that are not there end in a blank web client.
    broken=$(find "$addons" -path '*/static/*' -xtype l | head -n 5)
    [[ -z $broken ]] || printf 'Warning: broken links in Odoo:\n%s\n' "$broken"
}
