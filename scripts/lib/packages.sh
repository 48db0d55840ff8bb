# shellcheck shell=bash
# Debian packages: as root with apt-get, otherwise unpacked into .local/debs.

SOS_DEBS=$SOS_LOCAL/debs

# A check for each need, so that what is installed in another way is used as it is.
sos_browser() {
    local name
    for name in chromium google-chrome google-chrome-stable chromium-browser; do
        PATH=$SOS_LOCAL/bin:$PATH command -v "$name" && return
    done
    return 1
}

# Debian puts it where only root's PATH looks.
sos_nginx() { PATH=$SOS_LOCAL/bin:$PATH:/usr/sbin command -v nginx; }

sos_wkhtmltopdf() { PATH=$SOS_LOCAL/bin:$PATH command -v wkhtmltopdf; }

sos_has_font() {
    [[ -d $SOS_DEBS/usr/share/fonts ]] ||
        [[ -n $(find -L /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null) ]]
}

# Only installed by root: beside the system Python does not find it, and Odoo then
# tells file types by itself.
sos_has_libmagic() {
    compgen -G "$SOS_DEBS/usr/lib/*/libmagic.so.1" >/dev/null ||
        compgen -G '/usr/lib/*/libmagic.so.1' >/dev/null ||
        compgen -G '/usr/lib*/libmagic.so.1' >/dev/null
}

# The packages that are missing, one a line.
sos_missing_packages() {
    sos_pg_bin >/dev/null || echo postgresql
    sos_wkhtmltopdf >/dev/null || echo wkhtmltopdf
    sos_browser >/dev/null || echo chromium
    sos_nginx >/dev/null || echo nginx
    sos_has_font || echo fonts-dejavu-core
    sos_has_libmagic || echo libmagic1
    sos_base_python >/dev/null || echo python3
    sos_can_bootstrap_pip || echo python3-pip-whl
}

sos_programs() {
    local missing
    mapfile -t missing < <(sos_missing_packages)
    ((${#missing[@]})) && sos_install_packages "${missing[@]}"
    mapfile -t missing < <(sos_missing_packages)
    ((${#missing[@]} == 0)) || sos_die \
        "still missing after the installation: ${missing[*]}. Install these by" \
        "hand (Debian: apt-get install ${missing[*]}) and start again."
}

sos_install_packages() {
    command -v apt-get >/dev/null || sos_die \
        "these programs are missing: $*. This machine has no apt-get, so install" \
        "them by hand (PostgreSQL 15 or later, wkhtmltopdf, Chromium or Chrome," \
        "nginx, Python 3.10 to 3.13) and start again."
    if ((EUID == 0)); then
        sos_apt_install env DEBIAN_FRONTEND=noninteractive -- "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sos_apt_install sudo -n env DEBIAN_FRONTEND=noninteractive -- "$@"
    else
        sos_unpack_packages "$@"
    fi
}

# sos_apt_install PREFIX… -- PACKAGE…
sos_apt_install() {
    local prefix=()
    while [[ $1 != -- ]]; do prefix+=("$1") && shift; done
    shift
    "${prefix[@]}" apt-get -o Acquire::Retries=3 update
    "${prefix[@]}" apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
        install -y --no-install-recommends "$@"
}

# An apt of our own: its lists and downloads are in .local, the list of what is
# installed is the system's, so only what the system lacks is fetched.
sos_private_apt() {
    local dir=$SOS_LOCAL/apt
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
    apt-get -q -o Acquire::Retries=3 -o Debug::NoLocking=1 \
        -o APT::Sandbox::User="$(id -un)" \
        -o Dir::State::lists="$dir/lists" -o Dir::Cache="$dir/cache" \
        -o Dir::Log="$dir" "$@"
}

sos_unpack_packages() {
    local deb
    sos_private_apt update
    sos_private_apt install -y --no-install-recommends --download-only "$@"
    mkdir -p "$SOS_DEBS"
    for deb in "$SOS_LOCAL"/apt/cache/archives/*.deb; do
        dpkg -x "$deb" "$SOS_DEBS"
    done
    rm -rf "$SOS_LOCAL/apt/cache"
    sos_write_wrappers
}

# What is unpacked beside the system does not find its libraries, plugins and
# fonts by itself; a wrapper per program tells it where they are. Not exported
# to the whole environment: the system's own programs must keep their libraries.
sos_write_wrappers() {
    local libs program
    libs=$(sos_private_libraries)
    sos_write_fonts_conf
    for program in "$SOS_DEBS"/usr/lib/postgresql/*/bin/*; do
        [[ -x $program ]] && sos_write_wrapper "$program" "$libs"
    done
    [[ -x $SOS_DEBS/usr/bin/wkhtmltopdf ]] &&
        sos_write_wrapper "$SOS_DEBS/usr/bin/wkhtmltopdf" "$libs"
    [[ -x $SOS_DEBS/usr/sbin/nginx ]] &&
        sos_write_wrapper "$SOS_DEBS/usr/sbin/nginx" "$libs"
    [[ -x $SOS_DEBS/usr/lib/chromium/chromium ]] &&
        sos_write_wrapper "$SOS_DEBS/usr/lib/chromium/chromium" "$libs"
    return 0
}

sos_private_libraries() {
    find "$SOS_DEBS/usr/lib" "$SOS_DEBS/lib" -name '*.so*' -not -path '*/qt5/*' \
        -not -path '*/postgresql/*' -not -path '*/gconv/*' -printf '%h\n' 2>/dev/null |
        sort -u | paste -sd:
}

sos_write_wrapper() {
    local program=$1 libs=$2 qt
    qt=$(compgen -G "$SOS_DEBS/usr/lib/*/qt5/plugins" | head -n 1 || true)
    {
        printf '#!/bin/sh\n'
        printf 'LD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n' "$libs"
        printf 'QT_PLUGIN_PATH="%s" FONTCONFIG_FILE="%s"\n' "$qt" "$SOS_LOCAL/fonts.conf"
        printf 'export LD_LIBRARY_PATH QT_PLUGIN_PATH FONTCONFIG_FILE\n'
        printf 'exec "%s" "$@"\n' "$program"
    } >"$SOS_LOCAL/bin/$(basename "$program")"
    chmod 755 "$SOS_LOCAL/bin/$(basename "$program")"
}

sos_write_fonts_conf() {
    cat >"$SOS_LOCAL/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>$SOS_DEBS/usr/share/fonts</dir>
  <cachedir>$SOS_LOCAL/font-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
XML
}
