// Workspaces, members, API keys, storage and AI models of the Flashback platform as code, with no secret left in clear text.
package flashback
