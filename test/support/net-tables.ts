/** /proc/net of the namespace these sockets are in. */
export const netTables = {
  tcp:
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n' +
    '   0: 0100007F:07E8 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 501 1 0 100 0 0 10 0\n',
  udp:
    '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n' +
    '  73: 0100007F:0035 00000000:0000 07 00000000:00000005 00:00000000 00000000     0        0 503 2 0 0\n',
  raw:
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n' +
    '  73: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 504 2 0 0\n',
  unix:
    'Num       RefCount Protocol Flags    Type St Inode Path\n' +
    '000000005c40f164: 00000002 00000000 00010000 0001 01   505 /run/my sock\n' +
    '0000000094cb608f: 00000002 00000000 00000000 0002 01   506\n' +
    '0000000094cb6090: 00000002 00000000 00010000 0001 01   510 run/sock\n',
  netlink:
    'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n' +
    '000000005374301a 15  4312       00000001 7        0        0     2        0        507     \n',
  packet:
    'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n' +
    '0000000065e9965f 3      3    0003   0     1 0      0      508\n',
};
