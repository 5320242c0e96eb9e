/** Every method of the Web API that the stand-in knows, held against the response types of Slack's own client. */
import type { web } from './answer.ts';
import { openConnection, testApi, testAuth } from './api-app.ts';
import { addBookmark, editBookmark, listBookmarks, removeBookmark } from './api-bookmarks.ts';
import { deleteMessage, linkToMessage, postEphemeral, postMessage, updateMessage } from './api-chat.ts';
import {
  archiveConversation,
  createConversation,
  describeConversation,
  listConversations,
  listConversationsOfUser,
  openConversation,
  renameConversation,
  setPurpose,
  setTopic,
} from './api-conversations.ts';
import { describeDnd, describeDndOfMany } from './api-dnd.ts';
import { completeUpload, describeFile, giveUploadUrl } from './api-files.ts';
import { listUserGroups, listUsersOfGroup } from './api-groups.ts';
import { readHistory, readReplies } from './api-history.ts';
import { addPin, addReaction, getReactions, listPins, removePin, removeReaction } from './api-marks.ts';
import {
  inviteToConversation,
  joinConversation,
  kickFromConversation,
  leaveConversation,
  listMembers,
} from './api-members.ts';
import type { Method } from './method.ts';
import { describeUser, getPresence, listUsers, lookUpByEmail } from './api-people.ts';
import { openModal, publishHome, pushModal, updateModal } from './api-views.ts';

type Responses = {
  'api.test': web.ApiTestResponse;
  'apps.connections.open': web.AppsConnectionsOpenResponse;
  'auth.test': web.AuthTestResponse;
  'bookmarks.add': web.BookmarksAddResponse;
  'bookmarks.edit': web.BookmarksEditResponse;
  'bookmarks.list': web.BookmarksListResponse;
  'bookmarks.remove': web.BookmarksRemoveResponse;
  'chat.delete': web.ChatDeleteResponse;
  'chat.getPermalink': web.ChatGetPermalinkResponse;
  'chat.postEphemeral': web.ChatPostEphemeralResponse;
  'chat.postMessage': web.ChatPostMessageResponse;
  'chat.update': web.ChatUpdateResponse;
  'conversations.archive': web.ConversationsArchiveResponse;
  'conversations.create': web.ConversationsCreateResponse;
  'conversations.history': web.ConversationsHistoryResponse;
  'conversations.info': web.ConversationsInfoResponse;
  'conversations.invite': web.ConversationsInviteResponse;
  'conversations.join': web.ConversationsJoinResponse;
  'conversations.kick': web.ConversationsKickResponse;
  'conversations.leave': web.ConversationsLeaveResponse;
  'conversations.list': web.ConversationsListResponse;
  'conversations.members': web.ConversationsMembersResponse;
  'conversations.open': web.ConversationsOpenResponse;
  'conversations.rename': web.ConversationsRenameResponse;
  'conversations.replies': web.ConversationsRepliesResponse;
  'conversations.setPurpose': web.ConversationsSetPurposeResponse;
  'conversations.setTopic': web.ConversationsSetTopicResponse;
  'dnd.info': web.DndInfoResponse;
  'dnd.teamInfo': web.DndTeamInfoResponse;
  'files.completeUploadExternal': web.FilesCompleteUploadExternalResponse;
  'files.getUploadURLExternal': web.FilesGetUploadURLExternalResponse;
  'files.info': web.FilesInfoResponse;
  'pins.add': web.PinsAddResponse;
  'pins.list': web.PinsListResponse;
  'pins.remove': web.PinsRemoveResponse;
  'reactions.add': web.ReactionsAddResponse;
  'reactions.get': web.ReactionsGetResponse;
  'reactions.remove': web.ReactionsRemoveResponse;
  'usergroups.list': web.UsergroupsListResponse;
  'usergroups.users.list': web.UsergroupsUsersListResponse;
  'users.conversations': web.UsersConversationsResponse;
  'users.getPresence': web.UsersGetPresenceResponse;
  'users.info': web.UsersInfoResponse;
  'users.list': web.UsersListResponse;
  'users.lookupByEmail': web.UsersLookupByEmailResponse;
  'views.open': web.ViewsOpenResponse;
  'views.publish': web.ViewsPublishResponse;
  'views.push': web.ViewsPushResponse;
  'views.update': web.ViewsUpdateResponse;
};

export const methods: { readonly [Name in keyof Responses]: Method<Responses[Name]> } = {
  'api.test': testApi,
  'apps.connections.open': openConnection,
  'auth.test': testAuth,
  'bookmarks.add': addBookmark,
  'bookmarks.edit': editBookmark,
  'bookmarks.list': listBookmarks,
  'bookmarks.remove': removeBookmark,
  'chat.delete': deleteMessage,
  'chat.getPermalink': linkToMessage,
  'chat.postEphemeral': postEphemeral,
  'chat.postMessage': postMessage,
  'chat.update': updateMessage,
  'conversations.archive': archiveConversation,
  'conversations.create': createConversation,
  'conversations.history': readHistory,
  'conversations.info': describeConversation,
  'conversations.invite': inviteToConversation,
  'conversations.join': joinConversation,
  'conversations.kick': kickFromConversation,
  'conversations.leave': leaveConversation,
  'conversations.list': listConversations,
  'conversations.members': listMembers,
  'conversations.open': openConversation,
  'conversations.rename': renameConversation,
  'conversations.replies': readReplies,
  'conversations.setPurpose': setPurpose,
  'conversations.setTopic': setTopic,
  'dnd.info': describeDnd,
  'dnd.teamInfo': describeDndOfMany,
  'files.completeUploadExternal': completeUpload,
  'files.getUploadURLExternal': giveUploadUrl,
  'files.info': describeFile,
  'pins.add': addPin,
  'pins.list': listPins,
  'pins.remove': removePin,
  'reactions.add': addReaction,
  'reactions.get': getReactions,
  'reactions.remove': removeReaction,
  'usergroups.list': listUserGroups,
  'usergroups.users.list': listUsersOfGroup,
  'users.conversations': listConversationsOfUser,
  'users.getPresence': getPresence,
  'users.info': describeUser,
  'users.list': listUsers,
  'users.lookupByEmail': lookUpByEmail,
  'views.open': openModal,
  'views.publish': publishHome,
  'views.push': pushModal,
  'views.update': updateModal,
};

export type MethodName = keyof Responses;

export function isKnownMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
