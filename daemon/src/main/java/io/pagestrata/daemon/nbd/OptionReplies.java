// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Writes greeting and replies of the handshake. Stateless. */
final class OptionReplies {
  private static final int EXPORT_NAME_PADDING_BYTES = 124;

  private OptionReplies() {}

  static void greeting(ByteBuf out) {
    out.writeLong(NbdProtocol.INIT_MAGIC)
        .writeLong(NbdProtocol.OPTION_MAGIC)
        .writeShort(NbdProtocol.FLAG_FIXED_NEWSTYLE | NbdProtocol.FLAG_NO_ZEROES);
  }

  static void ack(ByteBuf out, int option) {
    header(out, option, NbdProtocol.REP_ACK, 0);
  }

  /** An error with a sentence for people. */
  static void error(ByteBuf out, int option, int error, String sentence) {
    header(out, option, error, sentence.length());
    ByteBufUtil.writeAscii(out, sentence);
  }

  static void server(ByteBuf out, int option, NbdExport export) {
    int nameBytes = ByteBufUtil.utf8Bytes(export.name());
    int descriptionBytes = ByteBufUtil.utf8Bytes(export.description());
    header(out, option, NbdProtocol.REP_SERVER, Integer.BYTES + nameBytes + descriptionBytes);
    out.writeInt(nameBytes);
    ByteBufUtil.writeUtf8(out, export.name());
    ByteBufUtil.writeUtf8(out, export.description());
  }

  static void exportInfo(ByteBuf out, int option, NbdExport export, boolean structured) {
    header(out, option, NbdProtocol.REP_INFO, Short.BYTES + Long.BYTES + Short.BYTES);
    out.writeShort(NbdProtocol.INFO_EXPORT)
        .writeLong(export.sizeBytes())
        .writeShort(export.transmissionFlags(structured));
  }

  static void textInfo(ByteBuf out, int option, int info, String text) {
    header(out, option, NbdProtocol.REP_INFO, Short.BYTES + ByteBufUtil.utf8Bytes(text));
    out.writeShort(info);
    ByteBufUtil.writeUtf8(out, text);
  }

  /**
   * What is best; anything else is served too, by reading, changing and writing pages. Clients keep
   * to the smallest block by themselves: one of a sector would keep them from the odd end of a
   * file.
   */
  static void blockSizeInfo(ByteBuf out, int option, NbdExport export) {
    header(out, option, NbdProtocol.REP_INFO, Short.BYTES + 3 * Integer.BYTES);
    out.writeShort(NbdProtocol.INFO_BLOCK_SIZE)
        .writeInt(1)
        .writeInt(export.store().pageBytes())
        .writeInt(NbdProtocol.MOST_PAYLOAD_BYTES);
  }

  static void metaContext(ByteBuf out, int option, int id, String name) {
    header(out, option, NbdProtocol.REP_META_CONTEXT, Integer.BYTES + name.length());
    out.writeInt(id);
    ByteBufUtil.writeAscii(out, name);
  }

  /** The answer to EXPORT_NAME, which has no header and cannot be an error. */
  static void exportName(ByteBuf out, NbdExport export, boolean structured, boolean noZeroes) {
    out.writeLong(export.sizeBytes()).writeShort(export.transmissionFlags(structured));
    if (!noZeroes) {
      out.writeZero(EXPORT_NAME_PADDING_BYTES);
    }
  }

  private static void header(ByteBuf out, int option, int type, int bytes) {
    out.writeLong(NbdProtocol.OPTION_REPLY_MAGIC).writeInt(option).writeInt(type).writeInt(bytes);
  }
}
