"""Files on overlayfs, the root of every container: rows E6 to E8."""
import os

import ksys
from hold import Skip, situation


def overlay(hold, options=''):
    """Mounts one and returns its path; it holds lower-file, lower-dir, upper-file and upper-dir."""
    for side in ('lower', 'upper'):
        hold.file(f'{side}/{side}-file')
        os.mkdir(hold.path(f'{side}/{side}-dir'))
    os.mkdir(hold.path('work'))
    os.mkdir(hold.path('merged'))
    layers = f'lowerdir={hold.path("lower")},upperdir={hold.path("upper")},workdir={hold.path("work")}'
    try:
        ksys.mount('overlay', hold.path('merged'), 'overlay', 0, layers + options)
    except OSError as error:
        raise Skip(f'overlayfs: {error.strerror}') from error
    return hold.path('merged')


def opened(hold, name, deleted=False):
    path = os.path.join(overlay(hold), name)
    blame = hold.open(path)
    hold.vars['key'] = ksys.external_file(57)
    if deleted:
        remove = os.rmdir if name.endswith('dir') else os.unlink
        remove(path)
    return blame


@situation('overlay-file', rows=['E1'])
def file(hold):
    return opened(hold, 'lower-file')


@situation('overlay-lower-file-deleted', rows=['E6'])
@situation('overlay-lower-file-deleted-link-remap', rows=['E6'])
def lower_deleted(hold):
    return opened(hold, 'lower-file', deleted=True)


@situation('overlay-upper-file-deleted', rows=['E6', 'E2'])
def upper_deleted(hold):
    return opened(hold, 'upper-file', deleted=True)


@situation('overlay-lower-dir-removed', rows=['E7'])
def lower_dir(hold):
    return opened(hold, 'lower-dir', deleted=True)


@situation('overlay-upper-dir-removed', rows=['E7', 'E27'])
def upper_dir(hold):
    return opened(hold, 'upper-dir', deleted=True)


@situation('overlay-copied-up', rows=['E8'])
def copied_up(hold):
    blame = opened(hold, 'lower-file')
    with open(hold.path('merged/lower-file'), 'a', encoding='utf8') as out:
        out.write('more')
    return blame
