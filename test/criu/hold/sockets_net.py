"""Sockets of other network namespaces than their process: rows A4.9, A7.5 to A7.8."""
import socket

from hold import situation
from sockets_kit import blame, connected, in_other_net, keep, listener, own_net
from sockets_other import netlink, packet, udp


@situation('packet-foreign-net', rows=['A7.5'])
def packet_foreign_net(hold):
    return blame(hold, in_other_net(packet))


@situation('tcp-listen-foreign-net', rows=['A7.6'])
def tcp_listen_foreign_net(hold):
    return blame(hold, in_other_net(listener))


@situation('tcp-established-foreign-net', rows=['A7.6'])
def tcp_established_foreign_net(hold):
    server, ours, other = in_other_net(connected)
    server.close()
    keep(other)
    return blame(hold, ours)


@situation('udp-foreign-net', rows=['A7.7'])
def udp_foreign_net(hold):
    return blame(hold, in_other_net(udp))


@situation('netlink-foreign-net', rows=['A7.7'])
def netlink_foreign_net(hold):
    return blame(hold, in_other_net(netlink))


@situation('udp-third-net', rows=['A7.8'])
def udp_third_net(hold):
    """A socket of neither the host's nor the tree's own network namespace."""
    own_net()
    return blame(hold, in_other_net(udp))


@situation('netlink-third-net', rows=['A7.8'])
def netlink_third_net(hold):
    own_net()
    return blame(hold, in_other_net(netlink))


@situation('unix-third-net', rows=['A4.9'])
def unix_third_net(hold):
    own_net()
    return blame(hold, in_other_net(lambda: listener(socket.AF_UNIX, hold.path('socket'))))


@situation('tcp-own-net', rows=['A2.3', 'B3.1'])
def tcp_own_net(hold):
    """Both ends in the network namespace of the tree."""
    own_net()
    server, ours, other = connected()
    server.close()
    keep(other)
    return blame(hold, ours)


@situation('udp-host-net', rows=['A7.8'])
def udp_host_net(hold):
    """A socket of the host's network namespace in a tree with its own."""
    sock = udp()
    own_net()
    return blame(hold, sock)


@situation('netlink-host-net', rows=['A7.8'])
def netlink_host_net(hold):
    sock = netlink()
    own_net()
    return blame(hold, sock)
