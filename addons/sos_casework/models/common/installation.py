def is_installing(env):
    """Whether addons are being installed, upgraded or taken out now: what they bring
    may change what is fixed for everybody else.

    It is the state of the server, and no key of a context: any call may bring those.
    While addons load, no call of a client is answered by this registry.
    """
    return not env.registry.ready
