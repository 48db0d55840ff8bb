def uninstall_hook(env):
    env["sos.hardening.setting"]._give_back()
