// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

/**
 * Numbers of the NBD protocol, named as in {@code doc/proto.md} of the nbd project, from which they
 * are. All integers on the wire are big-endian.
 */
final class NbdProtocol {
  static final long INIT_MAGIC = 0x4e42_444d_4147_4943L;
  static final long OPTION_MAGIC = 0x4948_4156_454f_5054L;
  static final long OPTION_REPLY_MAGIC = 0x0003_e889_0455_65a9L;
  static final int REQUEST_MAGIC = 0x2560_9513;
  static final int SIMPLE_REPLY_MAGIC = 0x6744_6698;
  static final int STRUCTURED_REPLY_MAGIC = 0x668e_33ef;

  static final int FLAG_FIXED_NEWSTYLE = 1;
  static final int FLAG_NO_ZEROES = 2;

  static final int OPT_EXPORT_NAME = 1;
  static final int OPT_ABORT = 2;
  static final int OPT_LIST = 3;
  static final int OPT_STARTTLS = 5;
  static final int OPT_INFO = 6;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;
  static final int OPT_LIST_META_CONTEXT = 9;
  static final int OPT_SET_META_CONTEXT = 10;

  static final int REP_ACK = 1;
  static final int REP_SERVER = 2;
  static final int REP_INFO = 3;
  static final int REP_META_CONTEXT = 4;
  static final int REP_ERR_UNSUP = 0x8000_0001;
  static final int REP_ERR_POLICY = 0x8000_0002;
  static final int REP_ERR_INVALID = 0x8000_0003;
  static final int REP_ERR_TLS_REQD = 0x8000_0005;
  static final int REP_ERR_UNKNOWN = 0x8000_0006;
  static final int REP_ERR_TOO_BIG = 0x8000_0009;

  static final int INFO_EXPORT = 0;
  static final int INFO_NAME = 1;
  static final int INFO_DESCRIPTION = 2;
  static final int INFO_BLOCK_SIZE = 3;

  static final int EXPORT_HAS_FLAGS = 1;
  static final int EXPORT_READ_ONLY = 1 << 1;
  static final int EXPORT_FLUSH = 1 << 2;
  static final int EXPORT_FUA = 1 << 3;
  static final int EXPORT_TRIM = 1 << 5;
  static final int EXPORT_WRITE_ZEROES = 1 << 6;
  static final int EXPORT_DF = 1 << 7;
  static final int EXPORT_MULTI_CONN = 1 << 8;
  static final int EXPORT_CACHE = 1 << 10;
  static final int EXPORT_FAST_ZERO = 1 << 11;

  static final int CMD_READ = 0;
  static final int CMD_WRITE = 1;
  static final int CMD_DISC = 2;
  static final int CMD_FLUSH = 3;
  static final int CMD_TRIM = 4;
  static final int CMD_CACHE = 5;
  static final int CMD_WRITE_ZEROES = 6;
  static final int CMD_BLOCK_STATUS = 7;

  static final int CMD_FLAG_FUA = 1;
  static final int CMD_FLAG_NO_HOLE = 1 << 1;
  static final int CMD_FLAG_DF = 1 << 2;
  static final int CMD_FLAG_REQ_ONE = 1 << 3;
  static final int CMD_FLAG_FAST_ZERO = 1 << 4;

  static final int CHUNK_DONE = 1;
  static final int CHUNK_NONE = 0;
  static final int CHUNK_OFFSET_DATA = 1;
  static final int CHUNK_BLOCK_STATUS = 5;
  static final int CHUNK_ERROR = 0x8001;

  static final int STATE_DATA = 0;
  static final int STATE_HOLE_AND_ZERO = 3;

  static final int OK = 0;
  static final int EPERM = 1;
  static final int EIO = 5;
  static final int ENOMEM = 12;
  static final int EINVAL = 22;
  static final int ENOSPC = 28;
  static final int ENOTSUP = 95;
  static final int ESHUTDOWN = 108;

  /** Longest string: export names, descriptions, context queries. */
  static final int MOST_STRING_BYTES = 4096;

  /** Longest payload of a READ or WRITE. */
  static final int MOST_PAYLOAD_BYTES = 64 << 20;

  static final String ALLOCATION_CONTEXT = "base:allocation";
  static final int ALLOCATION_CONTEXT_ID = 1;

  static final int REQUEST_BYTES = 28;
  static final int SIMPLE_REPLY_BYTES = 16;
  static final int CHUNK_HEADER_BYTES = 20;
  static final int OPTION_HEADER_BYTES = 16;

  private NbdProtocol() {}
}
