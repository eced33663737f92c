// SPDX-License-Identifier: Apache-2.0
/** What a command found out, as aligned text for people and as JSON for programs. */
package io.pagestrata.daemon.report;
