// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import io.netty.buffer.ByteBuf;
import io.pagestrata.daemon.nbd.ExportDirectory.Export;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What a client and the server agree on, option by option. Knows no socket. Belongs to one
 * connection.
 */
final class Negotiation {
  /** What happens after an option was answered. */
  enum Step {
    /** The next option. */
    CONTINUE,
    /** Requests. */
    TRANSMIT,
    /** The TLS handshake, then options again. */
    START_TLS,
    /** The end. */
    CLOSE
  }

  private static final Logger LOG = LogManager.getLogger(Negotiation.class);

  private final ExportDirectory exports;
  private final Optional<NbdTls.Mode> tls;
  private boolean encrypted;
  private Set<String> clientNames = Set.of();
  private boolean structured;
  private Export contextExport;
  private Export chosen;

  Negotiation(ExportDirectory exports, Optional<NbdTls.Mode> tls) {
    this.exports = exports;
    this.tls = tls;
  }

  /** The export of the requests that follow; a connection of it is taken, and to be given back. */
  Export chosen() {
    return chosen;
  }

  boolean structured() {
    return structured;
  }

  /** Whether BLOCK_STATUS was agreed on for the chosen export. */
  boolean allocationContext() {
    return contextExport != null && contextExport == chosen;
  }

  /** Starts again on an encrypted connection; what was agreed on before counts no more. */
  void encrypted(Set<String> names) {
    encrypted = true;
    clientNames = names;
    structured = false;
    contextExport = null;
  }

  /** Answers one option. */
  Step answer(OptionRequest request, boolean noZeroes, ByteBuf out) {
    int option = request.code();
    ByteBuf data = request.data();
    if (option == NbdProtocol.OPT_ABORT) {
      OptionReplies.ack(out, option);
      return Step.CLOSE;
    }
    if (tls.equals(Optional.of(NbdTls.Mode.REQUIRED))
        && !encrypted
        && option != NbdProtocol.OPT_STARTTLS) {
      return option == NbdProtocol.OPT_EXPORT_NAME
          ? Step.CLOSE
          : error(out, option, NbdProtocol.REP_ERR_TLS_REQD, "start TLS first");
    }
    if (request.tooBig()) {
      return option == NbdProtocol.OPT_EXPORT_NAME
          ? Step.CLOSE
          : error(out, option, NbdProtocol.REP_ERR_TOO_BIG, "the option is too long");
    }
    return switch (option) {
      case NbdProtocol.OPT_EXPORT_NAME -> exportName(data, noZeroes, out);
      case NbdProtocol.OPT_LIST -> list(data, out);
      case NbdProtocol.OPT_STARTTLS -> startTls(data, out);
      case NbdProtocol.OPT_INFO, NbdProtocol.OPT_GO -> info(option, data, out);
      case NbdProtocol.OPT_STRUCTURED_REPLY -> structuredReply(data, out);
      case NbdProtocol.OPT_LIST_META_CONTEXT, NbdProtocol.OPT_SET_META_CONTEXT ->
          metaContext(option, data, out);
      default -> error(out, option, NbdProtocol.REP_ERR_UNSUP, "unknown option");
    };
  }

  private static Step error(ByteBuf out, int option, int error, String sentence) {
    OptionReplies.error(out, option, error, sentence);
    return Step.CONTINUE;
  }

  private static Step invalid(ByteBuf out, int option) {
    return error(out, option, NbdProtocol.REP_ERR_INVALID, "the option does not hold together");
  }

  private Step exportName(ByteBuf data, boolean noZeroes, ByteBuf out) {
    Optional<Export> found = exports.find(data.toString(StandardCharsets.UTF_8));
    if (found.isEmpty() || !found.get().allows(clientNames) || !enter(found.get())) {
      return Step.CLOSE;
    }
    chosen = found.get();
    OptionReplies.exportName(out, chosen.settings(), structured, noZeroes);
    return Step.TRANSMIT;
  }

  private Step list(ByteBuf data, ByteBuf out) {
    if (data.isReadable()) {
      return invalid(out, NbdProtocol.OPT_LIST);
    }
    for (Export export : exports.all()) {
      if (export.allows(clientNames)) {
        OptionReplies.server(out, NbdProtocol.OPT_LIST, export.settings());
      }
    }
    OptionReplies.ack(out, NbdProtocol.OPT_LIST);
    return Step.CONTINUE;
  }

  private Step startTls(ByteBuf data, ByteBuf out) {
    if (tls.isEmpty()) {
      return error(out, NbdProtocol.OPT_STARTTLS, NbdProtocol.REP_ERR_POLICY, "TLS is off");
    }
    if (data.isReadable() || encrypted) {
      return invalid(out, NbdProtocol.OPT_STARTTLS);
    }
    OptionReplies.ack(out, NbdProtocol.OPT_STARTTLS);
    return Step.START_TLS;
  }

  private Step structuredReply(ByteBuf data, ByteBuf out) {
    if (data.isReadable()) {
      return invalid(out, NbdProtocol.OPT_STRUCTURED_REPLY);
    }
    structured = true;
    OptionReplies.ack(out, NbdProtocol.OPT_STRUCTURED_REPLY);
    return Step.CONTINUE;
  }

  private Step info(int option, ByteBuf data, ByteBuf out) {
    String name = OptionRequest.readString(data);
    if (name == null
        || data.readableBytes() < Short.BYTES
        || data.readUnsignedShort() * Short.BYTES != data.readableBytes()) {
      return invalid(out, option);
    }
    Optional<Export> found = find(option, name, out);
    if (found.isEmpty()) {
      return Step.CONTINUE;
    }
    if (option == NbdProtocol.OPT_GO && !enter(found.get())) {
      return error(
          out, option, NbdProtocol.REP_ERR_POLICY, "this export takes no more connections now");
    }
    NbdExport export = found.get().settings();
    OptionReplies.exportInfo(out, option, export, structured);
    while (data.isReadable()) {
      int wanted = data.readUnsignedShort();
      switch (wanted) {
        case NbdProtocol.INFO_NAME -> OptionReplies.textInfo(out, option, wanted, export.name());
        case NbdProtocol.INFO_DESCRIPTION ->
            OptionReplies.textInfo(out, option, wanted, export.description());
        case NbdProtocol.INFO_BLOCK_SIZE -> OptionReplies.blockSizeInfo(out, option, export);
        // The protocol wants unknown wishes to be ignored; EXPORT was sent already.
        default -> {}
      }
    }
    OptionReplies.ack(out, option);
    if (option == NbdProtocol.OPT_INFO) {
      return Step.CONTINUE;
    }
    chosen = found.get();
    return Step.TRANSMIT;
  }

  private static boolean enter(Export export) {
    boolean entered = export.share().tryEnter();
    if (!entered) {
      LOG.warn(
          "export '{}': connection refused: {} use it",
          export.settings().name(),
          export.settings().limits().connections());
    }
    return entered;
  }

  /** Finds an export that this client may use, or answers why there is none. */
  private Optional<Export> find(int option, String name, ByteBuf out) {
    Optional<Export> found = exports.find(name);
    if (found.isEmpty()) {
      error(out, option, NbdProtocol.REP_ERR_UNKNOWN, "there is no such export");
    } else if (!found.get().allows(clientNames)) {
      boolean mayHelp = tls.isPresent() && !encrypted;
      error(
          out,
          option,
          mayHelp ? NbdProtocol.REP_ERR_TLS_REQD : NbdProtocol.REP_ERR_POLICY,
          "this export is not for this client");
      return Optional.empty();
    }
    return found;
  }

  private Step metaContext(int option, ByteBuf data, ByteBuf out) {
    boolean set = option == NbdProtocol.OPT_SET_META_CONTEXT;
    if (set) {
      contextExport = null;
    }
    String name = OptionRequest.readString(data);
    if (name == null || data.readableBytes() < Integer.BYTES || (set && !structured)) {
      return invalid(out, option);
    }
    long queries = data.readUnsignedInt();
    boolean wanted = queries == 0 && !set;
    for (long i = 0; i < queries; i++) {
      String query = OptionRequest.readString(data);
      if (query == null) {
        return invalid(out, option);
      }
      wanted |= query.equals(NbdProtocol.ALLOCATION_CONTEXT) || (!set && query.equals("base:"));
    }
    if (data.isReadable()) {
      return invalid(out, option);
    }
    Optional<Export> found = find(option, name, out);
    if (found.isEmpty()) {
      return Step.CONTINUE;
    }
    if (wanted) {
      int id = set ? NbdProtocol.ALLOCATION_CONTEXT_ID : 0;
      OptionReplies.metaContext(out, option, id, NbdProtocol.ALLOCATION_CONTEXT);
      if (set) {
        contextExport = found.get();
      }
    }
    OptionReplies.ack(out, option);
    return Step.CONTINUE;
  }
}
