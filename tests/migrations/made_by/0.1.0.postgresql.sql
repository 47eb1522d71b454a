SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.audit_key (
    organisation_id character varying(32) NOT NULL,
    public bytea NOT NULL,
    seed text NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.challenge (
    value bytea NOT NULL,
    sign_in_id character varying(64),
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.cloud_backup (
    id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    organisation_key_id character varying(32) NOT NULL,
    device_id character varying(32) NOT NULL,
    device_name character varying(200) NOT NULL,
    epoch integer NOT NULL,
    counter bigint NOT NULL,
    items integer NOT NULL,
    kit integer NOT NULL,
    meta text NOT NULL,
    meta_signature bytea NOT NULL,
    file bytea NOT NULL,
    file_sha256 character varying(64) NOT NULL,
    size integer NOT NULL,
    share_a bytea NOT NULL,
    share_s text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    tried_at timestamp with time zone
);
CREATE TABLE public.device (
    id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    name character varying(200) NOT NULL,
    browser character varying(200) NOT NULL,
    sign_public bytea NOT NULL,
    recipient character varying(200) NOT NULL,
    state character varying(10) NOT NULL,
    tries_left integer NOT NULL,
    enrolled_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL,
    lock_destroyed_at timestamp with time zone,
    unpaired_at timestamp with time zone,
    unpaired_by character varying(32),
    unpaired_epoch integer,
    unpaired_from character varying(10),
    share_until timestamp with time zone
);
CREATE TABLE public.device_lock (
    device_id character varying(32) NOT NULL,
    version integer NOT NULL,
    keyslot bytea NOT NULL,
    server_share text NOT NULL,
    proof_sha256 character varying(64) NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.event (
    id integer NOT NULL,
    organisation_id character varying(32) NOT NULL,
    at timestamp with time zone NOT NULL,
    kind character varying(60) NOT NULL,
    actor_id character varying(32),
    subject_id character varying(32),
    object_id character varying(200) NOT NULL,
    details json NOT NULL,
    number integer NOT NULL,
    previous character varying(64) NOT NULL,
    hash character varying(64) NOT NULL,
    actor_name character varying(200) NOT NULL,
    subject_name character varying(200) NOT NULL
);
CREATE TABLE public.event_chain (
    organisation_id character varying(32) NOT NULL,
    count integer NOT NULL,
    hash character varying(64) NOT NULL
);
CREATE SEQUENCE public.event_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.event_id_seq OWNED BY public.event.id;
CREATE TABLE public.former_share (
    id character varying(32) NOT NULL,
    backup_id character varying(32) NOT NULL,
    organisation_key_id character varying(32) NOT NULL,
    share_a bytea NOT NULL,
    kept_until timestamp with time zone NOT NULL
);
CREATE TABLE public.hold (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    said_with character varying(200) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    lifted_at timestamp with time zone,
    lifted_by character varying(32)
);
CREATE TABLE public.invite (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    role character varying(10) NOT NULL,
    token_sha256 character varying(64) NOT NULL,
    made_by character varying(32),
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    withdrawn_at timestamp with time zone
);
CREATE TABLE public.key_removal (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    key_id character varying(32),
    state character varying(10) NOT NULL,
    asked_by character varying(32) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);
CREATE TABLE public.key_succession (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    former character varying(52) NOT NULL,
    next character varying(52) NOT NULL,
    exact text NOT NULL,
    signature bytea NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.link (
    id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    purpose character varying(10) NOT NULL,
    token_sha256 character varying(64) NOT NULL,
    by_reset character varying(60) NOT NULL,
    device_id character varying(32),
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE public.mail_code (
    id character varying(32) NOT NULL,
    sign_in_id character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    tries_left integer NOT NULL
);
CREATE TABLE public.mark (
    id character varying(32) NOT NULL,
    admin_id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    kind character varying(20) NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.notice (
    id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    kind character varying(60) NOT NULL,
    details json NOT NULL,
    made_at timestamp with time zone NOT NULL,
    dismissed_at timestamp with time zone,
    mailed_at timestamp with time zone,
    tries integer NOT NULL,
    next_try_at timestamp with time zone NOT NULL,
    last_error text NOT NULL,
    seen_at timestamp with time zone
);
CREATE TABLE public.one_time_code (
    id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    code_sha256 character varying(64) NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE public.organisation (
    id character varying(32) NOT NULL,
    name character varying(200) NOT NULL,
    contact_name character varying(200) NOT NULL,
    contact_email character varying(200) NOT NULL,
    contact_phone character varying(200) NOT NULL,
    is_demo boolean NOT NULL,
    requests_version integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    approval_wait_hours integer DEFAULT 24 NOT NULL,
    second_factor_policy character varying(20) DEFAULT 'nobody'::character varying NOT NULL,
    backups_kept integer DEFAULT 10 NOT NULL,
    backup_days_kept integer DEFAULT 14 NOT NULL,
    backup_weeks_kept integer DEFAULT 8 NOT NULL,
    ways_off character varying(100) DEFAULT ''::character varying NOT NULL
);
CREATE TABLE public.organisation_key (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    name character varying(200) NOT NULL,
    epoch integer NOT NULL,
    recipient character varying(200) NOT NULL,
    sign_public bytea NOT NULL,
    fingerprint character varying(52) NOT NULL,
    state character varying(10) NOT NULL,
    made_by character varying(32) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    activated_at timestamp with time zone,
    proved_at timestamp with time zone,
    disabled_at timestamp with time zone,
    follows_id character varying(32),
    deleted_at timestamp with time zone
);
CREATE TABLE public.own_recovery (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    sign_in_id character varying(64) NOT NULL,
    way character varying(30) NOT NULL,
    sign_public bytea NOT NULL,
    recipient character varying(200) NOT NULL,
    browser character varying(200) NOT NULL,
    address character varying(45) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    finished_sha256 character varying(64) NOT NULL
);
CREATE TABLE public.pairing (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    device_id character varying(32) NOT NULL,
    sign_public bytea NOT NULL,
    recipient character varying(200) NOT NULL,
    browser character varying(200) NOT NULL,
    address character varying(45) NOT NULL,
    announcement text NOT NULL,
    announcement_signature bytea NOT NULL,
    state character varying(10) NOT NULL,
    version integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    other_device_id character varying(32),
    offer text NOT NULL,
    offer_signature bytea NOT NULL,
    code_expires_at timestamp with time zone,
    answer text NOT NULL,
    confirmation text NOT NULL,
    confirmed_at timestamp with time zone,
    ended_at timestamp with time zone
);
CREATE TABLE public.reset_ask (
    id character varying(32) NOT NULL,
    email character varying(254) NOT NULL,
    browser character varying(200) NOT NULL,
    address character varying(45) NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.restore_request (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    backup_id character varying(32),
    exact text NOT NULL,
    signature bytea NOT NULL,
    device_id character varying(32) NOT NULL,
    sign_public bytea NOT NULL,
    recipient character varying(200) NOT NULL,
    browser character varying(200) NOT NULL,
    address character varying(45) NOT NULL,
    reason character varying(60) NOT NULL,
    state character varying(10) NOT NULL,
    version integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    decided_by character varying(32),
    denial_reason character varying(500) NOT NULL,
    approval text NOT NULL,
    approval_signature bytea NOT NULL,
    wrapped bytea NOT NULL,
    released_at timestamp with time zone,
    ended_at timestamp with time zone,
    finished_sha256 character varying(64) NOT NULL,
    mail_confirmed_at timestamp with time zone,
    wait_hours integer DEFAULT 24 NOT NULL,
    usable_at timestamp with time zone,
    waits_for character varying(32),
    stop_reason character varying(20) DEFAULT ''::character varying NOT NULL
);
CREATE TABLE public.second_factor (
    user_id character varying(32) NOT NULL,
    secret text NOT NULL,
    made_in character varying(64) NOT NULL,
    made_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    last_step integer NOT NULL
);
CREATE TABLE public.sign_in (
    id character varying(64) NOT NULL,
    user_id character varying(32) NOT NULL,
    session_epoch integer NOT NULL,
    browser character varying(200) NOT NULL,
    address character varying(45) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_active_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    looked_at timestamp with time zone,
    device_id character varying(32),
    browser_id character varying(64) DEFAULT ''::character varying NOT NULL,
    mail_confirmed_at timestamp with time zone,
    password_at timestamp with time zone,
    last_device_id character varying(32),
    second_factor_at timestamp with time zone
);
CREATE TABLE public.tab_key (
    id character varying(32) NOT NULL,
    sign_in_id character varying(64) NOT NULL,
    device_id character varying(32) NOT NULL,
    key text NOT NULL,
    made_at timestamp with time zone NOT NULL
);
CREATE TABLE public.throttle_bucket (
    key character varying(200) NOT NULL,
    tokens double precision NOT NULL,
    filled_at timestamp with time zone NOT NULL
);
CREATE TABLE public.undo (
    id character varying(32) NOT NULL,
    user_id character varying(32) NOT NULL,
    way character varying(30) NOT NULL,
    former_epoch integer NOT NULL,
    epoch integer NOT NULL,
    former_kit integer NOT NULL,
    restore_request_id character varying(32),
    made_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    former_kit_confirmed_at timestamp with time zone,
    former_kit_verify_key bytea,
    own_recovery_id character varying(32)
);
CREATE TABLE public.user_account (
    id character varying(32) NOT NULL,
    organisation_id character varying(32) NOT NULL,
    email character varying(254) NOT NULL,
    name character varying(200) NOT NULL,
    role character varying(10) NOT NULL,
    password_hash character varying(200) NOT NULL,
    session_epoch integer NOT NULL,
    epoch integer NOT NULL,
    kit_number integer NOT NULL,
    kit_confirmed_at timestamp with time zone,
    cloud_backups_at timestamp with time zone,
    cloud_backups_fingerprint character varying(52),
    created_at timestamp with time zone NOT NULL,
    joined_at timestamp with time zone,
    disabled_at timestamp with time zone,
    reset_at timestamp with time zone,
    reset_reason character varying(60) DEFAULT ''::character varying NOT NULL,
    reset_by character varying(200) DEFAULT ''::character varying NOT NULL,
    pairing_codes integer DEFAULT 0 NOT NULL,
    pairing_codes_at timestamp with time zone,
    pairing_locked_until timestamp with time zone,
    kit_verify_key bytea,
    local_copy_at timestamp with time zone,
    local_copy_epoch integer
);
CREATE TABLE public.vault (
    user_id character varying(32) NOT NULL,
    epoch integer NOT NULL,
    verify_key bytea NOT NULL,
    file bytea NOT NULL,
    sha256 character varying(64) NOT NULL,
    size integer NOT NULL,
    items integer NOT NULL,
    counter bigint NOT NULL,
    device_id character varying(32) NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);
ALTER TABLE ONLY public.event ALTER COLUMN id SET DEFAULT nextval('public.event_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0010');
INSERT INTO public.audit_key VALUES ('f2f6f288edba5ba2dd36fbb1edc309d8', '\x9091920375612d40a97d2b502172d0cca8e7d46eea428a3cf62a5b0afaf2141f', 'worthless-2026:gAAAAABrDPQXwnvJjI0uthzNyQ6bihatlbYvsJ1or-cf41e4m1frYOZVlow4QlMy2I1NywZQClWKBs9a4f0_GaGQxcIEai3wRzfL1AGRjETjG1xprCEL6LCoY_458JxeK0yp2w2kXNjyqVufWFU8Hhz_5alyy2ibCM5DZkPSGdqT9ghmfg5jUp4=', '2026-11-30 03:57:11.299002+00');
INSERT INTO public.cloud_backup VALUES ('653d970d757405d7d2bf4694e85f29d0', '8f64eb2ebd61c1c8209b4e44a9602116', 'c4f5ab597c98770ea050ba471ec2297c', '8e1eeb8ba639049bd2763fcf9ddaf84f', 'Firefox on Linux', 1, 4, 1, 1, '{"v":1,"type":"cloud-backup","organisation":"f2f6f288edba5ba2dd36fbb1edc309d8","user":"8f64eb2ebd61c1c8209b4e44a9602116","account":"mia@example.org","backup":"653d970d757405d7d2bf4694e85f29d0","epoch":1,"counter":4,"items":1,"made_at":"2026-11-30T03:57:04Z","device":"8e1eeb8ba639049bd2763fcf9ddaf84f","file_sha256":"da951f948ed22a46ba365416d190ae245a7a1b950ab3812d5b4589da16bd7e84","a_sha256":"3e10da58a8dc7ef050b15e9d448ac44693f766d46d2d99aa5c0dfbaa3e7329b5","organisation_key":"fgtjaqewgl4sd3i4lubjpe633pkc2jp2ouvgf2j47nau7eerdurq","kit":1}', '\xdc9f0080a20942f6e095d57926e044bb9a54d0475f6df80a63a5d0e215b717824927ab21e5f7f2ad240e1945be00fb32289eca8c54009439721d2a850b985a01', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e205832353531392054324958414659474865587966482b4b30736153754b4a684d556f695733584c494d75657667755047546b0a6d304d6a3275796341546447746358504a67746d5a52436a2b414153747866596b666d36784257564970730a2d3e20583235353139205a4e3971687859755344355264445856474f6255673074454b4732744f477462426b363572396c552b33550a742b4e4c4455636431563861584e354f44646f3865596a6f355966304f336a5835796c66746e6a424732770a2d3e20223464634e742d677265617365204c6d3e58204d32273439713f206b293c267c3b3b39203a355f6549513a340a594b49484144336c5937685668504a357a304f6e6b3254470a2d2d2d2037734a567467534548534f47373039465a684e383466326a4c30694e4972385a6161347a32394b4d6d41670ac73a0272308b2b5711b481c0636093ab043d341d2c7bb5598a4e7796cb7dc24e7ca19b57d16e5997df4b0f529363f83d314560ba8646bba39ff8fb8f38c2353b98704d9e3f9d4d3c9c3aeb52a7beb817141c8d42c68bef7455b5475ab8b1211813c7ad0fe5db899c88d231171e1795466b8374361c0b937c7574ce30f6cac134fdfc985bb34c34e0b382d5d0bc7513866a8f9f983ef24ac50580bd4156f15d5babbb1482356d6bc0c27ed2f73b3478d2ac0409d8d3b9fb6d81cc33664cf25e819d7679c06ab926e39d6541351e58b883529f092f149c35920a03e1705157777be10c2d52b2ad38a2842f357542967d1cb6cb34e863f1adea26acd030dfaccd3d589e8dbea65ae58ce55792111c9202ef7d9275426ef4526c7b5317ca4c235d9eea51993da5a3cf0399aa1f1fd095d843d91ab9490f247eda24559ceccf39e72b35651b7e0e0d3864790d02773ddb990b48e93bd928ac6de545c2a1c6115318e01e2e8fe6713b3e525f46e686230e3e1e147460c1e260a96e7d203d190395f827f5409fa2f57b67fad92a403fcf4ff689b07bb2d9ebf958298ce2f84e34faba54c21b83d75f5c0c6b172b37639fb751ff55dba1f8c515f784b2cc1be592a2b8fd688f07806e0ea98cbe627af2247ec1f4405d06737da2043735b164f883f7a81de110ec15271297c4556e0104091f58b6961f2a7d390f02a775a459d95e8a5a09f38dcb99dd7390ad786fb4789019d73846aeec149a4e8e7bce10c567aeb0826bdd4e207c8ea02509777946525f228d1ffdfbefcd41f5cbe057c9a5e25d36f14ffa58e2da1ca672bf3e853ed6dec31514937da88999196360d7b1dac58698989f1e88a13c04cefa397f137e987b5317309092ef4df443dc5f69844757350c75c7081257c3e97c7412fd9d51db2104ddbdc943adc8f97140b33e35eb8d2cb6ea79062306ad91570777e73c980b68334678a865e991abe1bdbfab5512e638d1a5a0031559f19e8be6cd2eb335bfc33305d36bead6938f0e04813a56e37c89f8816651346c8f57bf9c18a9d742305806829f42a68a6ab89e9953dff0f1fee2bc2a0fcdd7a74cb54938a1fae67bc3019261eae688bdfd165d0bcaf8421735fd83c23c47fdf2dc80cfc12aaa5edfcc362bd5536d7f5f91c29b211bbb160a16f0c064db29244b3f637199655fc31f7a0eb2fece0e71cd120174bf522d8f790d7b60101225860744336291', 'da951f948ed22a46ba365416d190ae245a7a1b950ab3812d5b4589da16bd7e84', 1210, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139204834356c39783845435a4851505a3648702b2b76784b796163626b4f747378754f647a732f454c63767a4d0a423573314d6b476136334278684566384c777a64562f7a4d66316c6d634362677a3578756a32776d7762550a2d3e2050412d677265617365202d32293734594363202565293b730a452b61747032424d6c31326772770a2d2d2d206d4c6a5276784b39504f617866786b3431752b4f69662f302b4a6445795074736b78733058626e5a4e2b6f0a3273d3c3f83255459a7db0212762c7c9c540c4c9baa3c72522825c077e95dd40e9a2c39937142a0929ef98fd7cf748c39f6a996260aa939164b1374a568e9039acd45ec3127faf9b1a9ffda1d81335780733253c35f5d5dd1aad81d25a06c957ff02e43f7053da67878cb3843c7480db1e8bcbc6a0a09a566c3e492c90bab0958797942453740c795b27a433040847eb77a01069fd1a29d7fdd40cf78af91edc2cb4fb7753d7332f9cb40d45b114248961152adb954bda486f3b903aa51a218721aa3a59d1e752e588404826d7f233490484ed5787dbcce8cc27a3106b2f93d54496cea6e60dc1e169605beb30acea5671a078ee3ca474f902f4c88104460e9cc6d0a72a9a67368d1ae5c842f3f189a6b0ce8f5587ca7c1637759a898eca2cea71db6b23c54aa48a9916da46faec4feca5723f9289f8ef9f3b64f5aa7cda21397943cf417ed5cd69e53be0c825222f8852c8c76a159d308e2b4617099f2ef60dfc7f865cf177ae323f444d43832d84fbb194771add852e603c4ebefd129b20d851c5a386a8e14621c9bbd80f108aa2069b88b0c2d21d416f51d3ab28217fd16b1c6bfef9af6aa1657fe206d2eb90b7e8c6b26c7b3ccbf62c0589ea042eaf6d7403130db6db8bb506370ed7b45cdf6399a4388b3d147d82bfe34de7d56eacdd07f3982ea5fd2a1b1235b428b132a74d29b4aee0e5a635488ffbaba31a9edbca62a11b803948b36fdae10dc0225852e00e870a862d7256071323a71d62307f7e455af2b6025283f8ad2212edb70bb3d15c6a5a63439ffc74c8a579b4fc9ec996ab24f035bd4964b10f846f2e16fbd2cd3ae08bff0551d05fa994c8681a500656a75e00c9d424691e800c92c5cf987e86aa38899306ae0c790d79d1ba491f825317fb9c354b5e37103d37d5efc037d05eee98f010a127e4f01243cdaebe1fc4ab643fd5db1bcc4f9b90402b5319613df7b960248d511e3c2080043e2e1d17690f8334357273a81d9fc6d9e7d1e354cb78a87d37642ccb27f375f2ade62b24249b95bf42a1bb06d4b4358f2d5cb14d4cb5a8079a557323268aca05e9cc1c1af617eccb2a8e8d0e90947f5598f275323192ba03a07d8018779cbfbd2981d5fc912162d7c7210a635ebf373ca765f22c2881849d89d209c470d710d4a904e7b52be743798dcabecfce9b63809bed388a298783615f1711baa47de5e0c0f289b6f99b8860af7de5759088b218fa7e73dad9862c231ca0e44e847fdf74edf34400415309e0cdbf689c373a5e8c595de3e14cd0c8e5c41810a4c9a7ce03581dbfea8f2e916525c0abea00ba37bb71fce60e3fb7765339b5ccdfe2040ba7adc901718aacaecc5d3b8c8d7667b0ce714414a9babeef9c0f0fd56d420c4141060375cc29abb7b24c3eea8f59f353a45b5fb5481ae207984a83e1ca81a4203639e975ae057116b61206a7f0724c20d092b0999eb33e32d2671e9803119922f76646d59336c1794d5b2b3f4895f4beace4e35c60c1ced3678a774beaad024446e56068ac2d8692a19d6b6fea4b8872651e5ff6a3f6cc6cbd5efed34f8f7177db727648284a1f528582eb28abaa5bf261327ac74e513596dd7e68997b8cdcea5220f35764f78fb02c77ceddab5ae3c6856cc3628d626ef86dbd8a7e9bf14864188c16a53104e5355f6367d201657817f10781f2f1b95e347b4bc9be2969791ad7bfa1cf4b559784d81525da263b2ee497cf4e311209a5b9916940a3093669969baa4a0496704fcc68bdfe116c4919ead568160c54772a23de84fa5ba0371b146264f0eca65ac09bb1879921661128f43a561796ed8658136d3f69c4f0d567e393f9f867d3c053b0510639979deebf5465cd851a07a9e7243a82116706ef17b03a65dd76e0fe537b712ef793e03bfcdf2ff1c6e7384df840f03566a82f025e475374b26fc87884668123dfd4f835e8607abf6450b24b3ed63b55fecfbb0f3ac157edb34f570151731d7e9e6bba7c108dbc9d5e5f7e951d251dcdf258ab9aad403cedd933e856080ee5dc543ea7587c0cb0e9fb03f459d25ef13839e2ff5042ea078d9537564b1010d533fcf2', 'worthless-2026:gAAAAABrDPQQ1vclZeKGciw83p0-_kG4nkanrkfOjH2TvYb7ZHzD5YhGma3pNcUWCDo1uIZBSTLU901zdPqemxttOX1zy0sTrOFrd7OePMbrqF4NhRquJIfXJ0F7RdMjwD6v-J7axpjZ-l7BpzrP1I9TwRfFeYXS5Tc3soO0dD5rs0TgTz8e_cw=', '2026-11-30 03:57:04.949262+00', NULL);
INSERT INTO public.cloud_backup VALUES ('cdb9b364fac903d52ab5da342b55a994', 'c00050166e470583206862bd23f73f66', 'c4f5ab597c98770ea050ba471ec2297c', 'eae93bf355afe2c1c3a0e8e370211b8d', 'Firefox on Linux', 1, 4, 1, 1, '{"v":1,"type":"cloud-backup","organisation":"f2f6f288edba5ba2dd36fbb1edc309d8","user":"c00050166e470583206862bd23f73f66","account":"zoe@example.org","backup":"cdb9b364fac903d52ab5da342b55a994","epoch":1,"counter":4,"items":1,"made_at":"2026-11-30T03:57:03Z","device":"eae93bf355afe2c1c3a0e8e370211b8d","file_sha256":"f33a2268a40425dc2fbec44585b9c5ed145bb0848724797164766e135a604715","a_sha256":"072f0c1ca07ece75fd1b66f6172790d5903f8d968efe787fa15198a1a00e82d1","organisation_key":"fgtjaqewgl4sd3i4lubjpe633pkc2jp2ouvgf2j47nau7eerdurq","kit":1}', '\x08e5581f5e5678e3528b29b6245c7d93059bb80340566b1f66dbe79604e6010b48513158d8a7e83fa9546cc737ab49e3dceac342f65ec4a3af991d1262a4c30c', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e2058323535313920466a6f2f623634565a4a51735359796a646c636469624c46385161773947445762546f6c4966626c7478550a7466754e315955565a5a326f4271356e78392f486b776a574e514477794e75377a6436415762655856534d0a2d3e205832353531392057616359797049723946514668714a376f744a35374133566545485031307150354e6e6f307445517447770a65416d336c42346a4a344b543876754e6f7a4c736d5a365875657166466c575162454c37474f43346f30590a2d3e2036522d67726561736520570a4535433538754f4d4f4a424b3673634e3254353344524f4d614766774e4f543376493461704d666c3363326a495033345137566e39417539376b65586d2f66510a466b510a2d2d2d2059684f646c76514f3074662f353639377066315a634f5256574c564977536b4b42335732505932557648340a9642205ab782c43f47eb6c53f16d371060761b193085bab43824dad972de2af8af8e3ad1d62f375e9257a1800801b9b4830ac5077d8c8996b38422d1ccc9908ba2ade7ae60b6286a0c2d9f99abdb900902d918e2875b7b033ba7209bdf2468dbb6d126d419ddbe17673b6c7bacba59d3127ff194c249b0639b1f012d56ed587b2012261246724f42fd6f33a0ea54b2f3cde09672003efc31ebf1ebb9e35b6bfe64cbfd827147ca3f6f2d784652e573cf2e540bee94bb6806d343bb8dcb1ed57d90ad28644dc5758604123f8ef71a211a34204c57d509fcd4f41b1ce6ffa75e0624d12be6d1a3ef091cdd3e82ea4058f93092064f528e9994ceb41fa39ec6ab54676167ebc0cb1156af62aeba8db3c26274b786362791349b85d3053ad588d298b43213f1aead5a3e9c692876ff8b263483e065dd70d385e71146de392e379c96c8c879a3be417961e7288f305d60cfab83024ea3f6567dc29565accf8e0f55d4ee81d43311407fbb3c77fad7c0acd41f8c35ae1776a884efc8ab1aac8277120b0e9226be4c7d8e5a6d492c4663bd38d507679861c145ef9cafdeb8ddd5d51171c8cc11f8d411c2bb35413b2d9066a2cdddca692c86eaa2356a4bafea9a9272872f65fb9f749022a59dc1ca4a99630de074d72007562a560a05ff2082f1b2b418f15e7d25cb834acf4c8877e88de407435ace2839d4fe4578a111a5d30c086f0f4ea7a5af0c650aaf26c834a9f297a40f2fea140deb70aa0573fabdc508496123fc3e50dc27197b14b7105f0bdbdde4694e1c53d60d95735f668f513a16df6f1b9c21449d0e66f71dce5a63ba3c6f21f4f4bd73c07c38d0459572036a59dd6e515176bd6a0d732e9403d6f794e1e4ec83e868282b983352ec9a41a859db4d2168472fb8ff7da70662722b096c5dc8416fe99dbd7c0a7c8dee444352020ef2cf331fe389ccf8d87e7237d735dcab61b2ed586ab2218b0e70d0a983aee99a19ba11157cad523de517f8be04ee264f17e48adbdbef356cf2b7bd5a360f0f9672eb148263ec75110c90824a87003e02a32d8c08e3334f7ca8f933453c7b6c3242f915303d27ddfca169c4dd38da445fceda888771f96e43c904b67d51c5a4a8bc99a0d30752c9a075c25fb8f46e2c63f6e6e8495b4039fb130fef9770a7c21d7cb09b924f11d89fb6ad0a7d9c82e844fdc3253ffd38ed0d1f113da25c646681f79a99c2d3ad56a82749bd87a31b', 'f33a2268a40425dc2fbec44585b9c5ed145bb0848724797164766e135a604715', 1225, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139206b49706d6d6b435a637a2b4b6e647841337165596b4c6a33356f367a71456854595167523334772f6533410a46374a7977414f7352744461325761422b7a754a69467a50476c7049635675422f6a2f4a3779426c6338490a2d3e2023742d677265617365207a236825466e6c0a553567466838597765483174325655462b344d0a2d2d2d206b72684572642b384f6a59783777595547336134724f5a4c494737784d655a71376b387467303046594c300a7526c5b7e3b52940b9d667cfe6297ed75d57b1a358441bbc79840eb91956746546c1e6ed12915991c2fde13b412f152b862587e0ce5eccef15f09d8e2880106fd2e7fa9d66616caf3554f6a228cce18198fa4421ce5b581fe76b338ac13c6bf28cc4f802c3faaf0b5190eba79e85c0c1df0eb36047df49e7bb1452f2834f728377e8291f667fca26295f79242bba188daf9553c3d461e674eff483a443d9f5f3000d2b63872312f50b22cd8c20e4d34d2cc0dbe211e2b18b5808274d516cd244b408fb74dc3d8d48f4ae4ae87fb39da3e0309acd3f9040174ad5f5564680d03703fda73ad1aed02eb25fe5c747216d5b0be6abeb7ee1c5bbc4aa34e63ac95d7e417f887f2914ece51f85fa74e06ee4ab624454c09a95ddc3cc9052ad637dac362fcac617e2dd3335c30367dd16a5793153d42dbe2e875883c3b97ec3689420e658662fb575a9c9b6bee94d8c936f5310920b01d89be0ed7b1b80e5e297cb1b7031f2c5a411f8f57496e7056008ef487450645b097cc37254a88eb19e17e977f0a9df5130de3b07e0add9a7b594fbf39f1a8a77a3f8ad5dbf9c89f6c07dc8ed169729f932bb26bac36bc7508234c2d21eb546bfd16d0f52074c68e0e35bec91b3005e9dccba66e0f48403eb185454ef6d5327f44b099e9f26e518e0f7236c7514e23659f0718377938f09838e59a4e152e40c0ac3aba1cad0307426f9baa13fbd47ed3a8e58a1918d76df8a24e41385b8a3781f6515062c88a6b79cd4896d132271d086e35e115dec083a25ba6ff065de2dfe531f4e44af332e2e15d161f9e29bb75223adad7384ffd6f842d74c808f2a091b445fec26a627750db74da11d9d157861efc252ebf076bc564e1b6c935777926c729ec41a30da814dc100cb250e950d746d12e07f11fe3168d087e218d2120dac86641708475693e38c455d2e70645fee3385a416db83e086279ed9d659fae8e4189e7ee8de26a2c4dcbbbcce473a643ef5576ea673c746cc321c2f5aa6ea040886129c79be6fa87324efdbf9d9b35fdbc0a6fa9fea53dc2429c037ad29b14c1becc24ba32029e67de9c244599a22ca10c2144dfa8d924a9ca82ab148d2fbd50b0165586ba44927d6d510ea14df492fc2d45734d9c9396537e1c0d855aa85ad0ad7e3a698e00bc1c15a421e58de8314213f616128bceb527f2c691fdb22ff0a8b9b3875baca5e6c180703ac31cab4d3e1929c556ce93b69368a9ba7b0008f75972971180ebf7e17f4026ffb37e998d91b12d1442189f8d0318ebd22c4cef7147a25704a04d155a15b7bcefb301fb71f205285e91d90c2dce1b8a7f86a060686cc27e1bca8486c324a625ea025f5fa0e94a2c2ec3f6efdf2b174cf872edcccbc9cfe9aa7f0f0f92305f13ef52a307e7d6c839dd433f0d583cdf7b057288049f755d8e8498ada6be395002a100bd871feab2549ec86a28c01060c6f2e180427e9b36f4afcc7f385ba599ab092d206c3bf4b2e82e71044ac71453b2e284ae42302ff7e27d4322a0cb8e43c5cfd6e37dafef246b1181217c3cdb2697139943fcd86b5391f3b4a697124a7b97355859ad394a169d7b772d6a4998d28373a7d9722d05443dd4bb4e276355023f2baf0576073965b9645851d66d87f807a70fa5abe732a81d1ca768781a10f64d0ffd4a6867acaab05dc5b654edadf67cc296909dc8b87b155c384286e69edca7755a7b90f98cd8a3b90638717cd17ba019086bc7c019161ae68d53f7a4f72a4919b64f394a6d213388a3c260bde8c99b943cb363e5120b5f1d6368fe966a8e20969d2f34622ea5184030924bd3cd9f2cdf7d76c6eaa87003d634c474623f44a3061135a565a8cea8e6c3b61d11051552018cb14ed1acdf6400a68ec4afb7156b93f660d5cb4f301fc9d96cb24067993b4b2fb84b6bf45cebc3f92019b2b10457fa227101e8cf766b4e2c4da7abfbde8da34570dcdae769d552668311a856a3c91680237f5613be71c71a01ebdc24091b6f049138a3383c167816bd0cb9a0bb2723434a42999ccc6d7c678e9edb988a9f48023b609281bae0dba7c7f35490e84671908357c76178d52', 'worthless-2026:gAAAAABrDPQPpZtlZZNHXugAyidyh4kqMtlli7ERrrcY8PFmgntHstNf3G-kuzBnVCJ0m8HQwV0kOFdF3gJvaBP_wpfZB8LS7dKfLCvBq4r6asgId8140u8VadFExBAtmd6DbjicfWRfuMHp8ZvRR66XP6PNbrs32wDRvvRcOZSd-7bENKHbYqs=', '2026-11-30 03:57:03.788651+00', NULL);
INSERT INTO public.cloud_backup VALUES ('f0bf8599465afd75737f45c766988110', '8f64eb2ebd61c1c8209b4e44a9602116', 'c4f5ab597c98770ea050ba471ec2297c', '8dbdd426d3f92d55d22d060377862174', 'Chrome on Windows', 2, 7, 2, 2, '{"v":1,"type":"cloud-backup","organisation":"f2f6f288edba5ba2dd36fbb1edc309d8","user":"8f64eb2ebd61c1c8209b4e44a9602116","account":"mia@example.org","backup":"f0bf8599465afd75737f45c766988110","epoch":2,"counter":7,"items":2,"made_at":"2026-11-30T03:57:09Z","device":"8dbdd426d3f92d55d22d060377862174","file_sha256":"01e7eaea21f878cd90cecdecabb906f759751b2864cb14938a9e727b14586022","a_sha256":"14d5ddeab0eab02c3c9461fcae5bab129d8e25db1ffe2118609b43b7edbfe47a","organisation_key":"dmf5uyfairwr26sqce74stvcf7j7zobv7t2niugezav2dxneukfq","kit":2}', '\x12dad9be75d2cabfa8b9dd28eb749c5ef04317c124ea79f76abe77e6e05d511234749540d3609aa3bb1ac719bdbbb671b3829a61e345ba267f8f99db8511fd08', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139203067324b746e596b6d726734794374674c346a5647626e65586f526c6949416b6e472b61696769595868730a564962726a6963305a314f6170417a3167617438324a6b654b6d7977574d646c78373649383666762b656f0a2d3e2058323535313920354f32503279564650327072754d7730687767696f754334756679437039672b3176586b687531756e6a4d0a65313564354471517050417439574d626677576f532b366d7266794573496344744f635245445a6f676a770a2d3e205a2d677265617365202769436d0a6c4e346b467679356f694879686c3248514d776d642f6946546c706a35435335394768544733427931454e6454715a7978304e7835524b4f6259522f37786a300a75726e73476b644f754438610a2d2d2d20526b354a54415a5a6a57513854457454577633583744314d65526d72527850494b7047307a4b6f7a784a340aa75d787b0375d014e6b436f82d3b8f30f99f043bcdbb70816990cbafc8f01ed6c124a150becb2998f876ffda5f59a904738d5105c6221b10328f6567dd62518462c82d823c97323f1881417edf11e4bf1284869e5cd23d18a53d50ba4c5d39d5e294b3551b5b030b93c1133edc87e0bc7fa926706dbade206442430ba7b21b4a6a3b708fa0b97efc56a41197bbb23d903db0ee51fa63d3592386b87bd29d9f06c3c0dd53520e6bdadca9ddc9fab26d468aa69f2f58cc563287adc66ff69747eceb53ddbc97c35a738fb1e9c3dfef3a475af4eb61e6d7e9a143ae0888f3e4d66d9556c65557a04db1c69367e3b6992a7b83cc6082ecffeed2fc796016fc163f96248e83047c50fccd1d3900d5d8da0e44ffcd1ff042a22ed853ddbe730056f99c6296790e09bf06fc99151f51869d883bcffdbf0b1a880633d5cc90eb1c3283c5081800826fd350384ca14864c45abb2e7ad1e4cdf9b5a4fb922259d1b3d547f11b3161ff57aca3a7617b282170e3eeb526b27cbb9798d51636d9a1a29fb7bcc425f8e2abf53846222b5db15b6c817aeb01c2c33b45fdfbb5d7bb29f3265f289664af3bba28310915cd7b009a8a75090d4b224eecd48b916c2db65029e01e12b8f4baf8444f69bf9ed354c106a1ed5ad8f9d34c78b26753e5cbe3473a37d05aa8c033712653aefde17a216566665afb310ac7aeba44ee17084b4ca2a94b883f5fa4c5496cf230abf814b33c6aaab6ec1282e0204594be91ff29ca90906e92208b594f680b3f5368a4d901cbae3c1d004c39ecca63d20644d09cdf52e9201700a7739c18871aa3bfb3b7d2a33a7d3edf862eaa7eb3f8d1db467d7163dc4db5f4b132e7c5a2b5f7b992531bd8d7c40e5d6328b5992ac80898665771b58c50e3b2aae94f9aa42215b73f016f6a7ada230154da44a9f99cfee6f04090b6c3ab9f0cc9285f3c6786f2572a94097584e80aeea1b466b73eeb176d124f796afc5c6b48498fcffa37cda5940ccea727eed5d6fbdbda75d3cfd84e7128d7fdbbba70b4b03bd09deb066cf8e3facbe418e2376765cef2a55907274d34734634907e5f2a13639fb9cd1ef5705123f6ab7e77023bd095f5a4a69c37dd99cc82459c372a12ad07b90ac8369969610c3c9fae3c201038596e5061e91d70ef480f9034f6dc988f9ea6ebead465fd57d029c391b8cc793888bde96a86fddccd86e44d0b41c1767614b676b4f6f5dfd95dccfd131b0bc316483d3bc22e0d2a345ba139a9b129ce9d0603d4e0ab8fd596561787dc5e9f88312bc30fd9274408c7f7c4b23b512ac06c6ac49557db8686126775c0cbc2462754739b8252c3158472d1fb511acbaff79c504f1019a4cb055c33c821eb7fadf0e356d9bae45e941940721c08264615cf67aca0640fa1c761a309398ada0059fe9a5eeb0e0925b082e8b16f35633c770993755daf796876a54795c767337c01fb811192707820', '01e7eaea21f878cd90cecdecabb906f759751b2864cb14938a9e727b14586022', 1405, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e205832353531392045325a3773426d3051456a656d48546c6a30635259474467632f767967516c5659572f714d764e334e33550a63396f6d486f70386137483079706278474c3969414445422f5377703936474d73726d384c34514e2f69510a2d3e202e7d2d6f617d632b2d6772656173652031204c652a20470a7464676f4d753159537054617670624f3132380a2d2d2d20674c70374a6979415063484a4f494e6e2f465261502f3158556c7948573869784a584f336b656b50365a6b0acbbc77737f1e64557dd002236409915e6a90454e445dc13e8accfeaa3bcb62c5303115b8c2c781e34b59756531a924a0f72eac21293170fd18170a251bc57613efc232ca3856faf288f152338c42c86d4551c831ef2cb8489c70acafa954877c6831f7646799f4d6419e2dff45f675f7f252cd99fc1ccb5cec4f0b1c81993182971fe5300c1ab095ac04977d47032523043a94e7fb3f162d244a64c3fb3824b9820d0f8a4c8c7e5e3390e73b16469c9c4b808cb93aba6b2611e4fee22d13eae5553169c92c6606c43c4aef04b8e60585ca0fca044457c398a66b2ee77187bf16bf9fe37ec786bdc63d116f225230eaba30d2fa8853c3239f0ed0f43cc94bcc990103c3f81761edd945cf9c10e972ef2c3ac187f7d786b36142175ca5b8de0692918eb14fcc6d660ce5b2d187c3ad3d1f4f37ab6c581247707ea9edf1e6e1628b1945e1fae6c28eb3af1b959d1b8b2958f0a4e3f49cd8095c03721cf3185a08f34f3d1be02c59a155d5ace222106c9645cbbf5a0f7d8cbb6fa8dc4fe90790eb1e3c750df82f7e66098bd54aa3a6d91fe9c83d9ec984b101cea0541ed0f02b331d0616f5ca1936a182cbc77c3e0a06e01c17e5067638f2a35c161671da96460f6afcc463d92ffc7e996ca56d7802285450ce33f16b2e88c588d8d935a300f59a7b77cec859f68bae216c76193f3196f5d0c40bec2981a2e5a3739a000f7611de434b43ff1420b810f5a640680c310a09e66816baba83a1ee15336e851d388a00e55d0a42d0f209d321d477ad79d00d1c165e5244e1c2c70f62c97d720bc3ba760fca0f65dfa41036eabe5ae8ef95c58d4d52564587c6447e05dd16578c4d8b9a3fc72a4eff92b670763d912b2086c598120c54d0aa3da7ecbb97221453f1684f5086e76df5dd336cf482dade5aefbfae54eb7170274886c19ad9bcb6cd79628c0cbf303b18515838dfd48b07c079e3908fe03200dc37b3a5ecace95edcaaf65e5e24960a709bba8ec8c6834a0a12f262bbddb4c99ada3effdb4a8a55a5e19d2d5257f63f6f9d5691ef51816e28b81791ef102dc81dd85f4b04d4c077dc009d802a87e4cc70b1a605cbe8b8d47b5568408d0741a90df831e6f62b7962d4f9cb51053bd344162d1c8190ba9aee611c4ca30a977824b0485a1194050653319fcc2b3e46325b0bfc62194376cf0d75b4c7c902dab1b7ed4fcdd0c4490749f67aad31230031938abecc5b8e55', 'worthless-2026:gAAAAABrDPQVhaoNu8JyPiKPhTloJaxN0o48Er7ecKhNGfafU5f3AjxEsQ_pSQdS110adIbReIfBRRSGJjvDDS9kXk_qwZvS4-BnZSGeg9dZB86jABkJy6reCOyf-A_oLaAaga2wC4TaRi-7PiDnuHnL8KNiViCB_cTWwcExW4KkT_I6ccqbypA=', '2026-11-30 03:57:09.743729+00', NULL);
INSERT INTO public.device VALUES ('7744c332181f5f23bfef1b010a156c3d', '83891bbf57c32707f7203db49544083f', 'Firefox on Linux', 'Firefox on Linux', '\x6a5ec5bb81a01190a06d8d6ea6e0b3b510b31586058ef841c999c6d98385381e', 'age1egkudvflzvfeq66gra0cqhp3st0mga293a0mmer48wt350gc83aqv2vksy', 'active', 10, '2026-11-30 03:57:01.568869+00', '2026-11-30 03:57:01.568873+00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.device VALUES ('542305bac624ca75a2f09c2e8520cf93', '690589c5d544afa0d3a7c86db3774dc9', 'Firefox on Linux', 'Firefox on Linux', '\x153cb4cd4e441a70b75bbb39e62b6ca260f74dec09d0fbe8451e7ec810741939', 'age1pmq6w347ydpj7u0vkuy6xkehqp8p642f04sj08zld4hprdzulv3sas27hc', 'active', 10, '2026-11-30 03:57:02.67744+00', '2026-11-30 03:57:02.677443+00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.device VALUES ('eae93bf355afe2c1c3a0e8e370211b8d', 'c00050166e470583206862bd23f73f66', 'Firefox on Linux', 'Firefox on Linux', '\x37c0ac734a312b87677b7ee0939adaf0d01696746fd244b35b6528510184e37b', 'age1mkekq506j37r9e4uskf6h4q58t3t0m54pcmh3fa9glnfm45ya90qgphjax', 'active', 10, '2026-11-30 03:57:03.072486+00', '2026-11-30 03:57:06.391765+00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.device VALUES ('4b24fc820fa8353b0d7bb05f1740c5c1', 'c00050166e470583206862bd23f73f66', 'Safari on iPhone', 'Firefox on Linux', '\xe0479efce1cfeb6610bbe7a92d7eecfa991720919849b74c0a64c8f9b9debd92', 'age1pc5mj5jgx5tupq9mvsrlrg0h8jrqw04884wl45wu3nrjv4vcz3sqs3whjc', 'active', 10, '2026-11-30 03:57:07.548013+00', '2026-11-30 03:57:07.548018+00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.device VALUES ('8e1eeb8ba639049bd2763fcf9ddaf84f', '8f64eb2ebd61c1c8209b4e44a9602116', 'Firefox on Linux', 'Firefox on Linux', '\xc30ef98052a54690130835720f4de90f21141ea6e459835cebc3a1189a45903d', 'age1wrurstyej4w7zmcqm9hlw2qu304spdt60d8hux83mp9zpfev94dspdadnq', 'unpaired', 10, '2026-11-30 03:57:04.361716+00', '2026-11-30 03:57:04.36172+00', NULL, '2026-11-30 03:57:09.419819+00', '8dbdd426d3f92d55d22d060377862174', 2, 'active', '2026-12-07 03:57:09.411579+00');
INSERT INTO public.device VALUES ('8dbdd426d3f92d55d22d060377862174', '8f64eb2ebd61c1c8209b4e44a9602116', 'Chrome on Windows', 'Firefox on Linux', '\xa4d4806b61f54abfe6817165fa17f84b30de257cb11f3243ef83362042b0cbcf', 'age1zqu247s7xgum8h2ldcuh8ccwphv8c3erp2ag8403tlk47hde3s7snjke9g', 'active', 10, '2026-11-30 03:57:09.420994+00', '2026-11-30 03:57:09.420997+00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.device_lock VALUES ('7744c332181f5f23bfef1b010a156c3d', 1, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e205832353531392055424e337342754a394d6c69656a3835444856315543445155316a5075554972683658756f5446656343590a584f356c42422f51305369623868626939766f48765a5149424a7646326a58314c323869687258416d626b0a2d3e206832743f7355242d677265617365206d6a5c207c3b654562205e254c4536206b4675733b623a0a7035532b7134485359795141776a46584d786b474e6d613463646f4b584f6d6c747079337a3544520a2d2d2d207a4a794f5a5561492b756c39656131383874765a4d73534177796b7a6d33505270304764485055474b644d0af07c32416089b2f1d4506a0c4b74bcd9dd7cb4823e3988395473bc95523aa03be913d2e763a2f7f12fe59616737c1708f1e06c6f2826b8dc75f9a5619b6605daf3e2392708de0761463a19b94ea58c168db873030528b597dc6a648977824cd8a246e1fbfc57f31cc22731a5cd916bdcac2385be309bf82b69ceb6066094f49ad1f9b2b7bf36', 'worthless-2026:gAAAAABrDPQN0VuDo07BqFvUQJJ14KgUcGechoRJnta1gt9FOQ60DbldqYOizgMAD-qK21r_pJYMDX3GOwdu0JVTMdT7Nq7-C-HViNBvWhoxtRydLY5sLZFffqLhaOUt4tZ-_4xfMbkMpk0IFPlXGSDJG1FQ_KAYaOHK5B93L9O-Db45K-riretiNaWFhCb2ogIqAFSG19Jg', 'd5702c5c8210aeb4902095101a6e778a6466b534e989090db08beb7bbfb8cdb6', '2026-11-30 03:57:01.586583+00');
INSERT INTO public.device_lock VALUES ('542305bac624ca75a2f09c2e8520cf93', 1, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e205832353531392062487a716a41395752324170392b526c4a51667743476a4c4b302f48694c7a4a52326736793132556d45730a4f6159573778727750587143636b654f636c787a48454e68362f66327650723839754f66424b455a5336770a2d3e2054742a76482d67726561736520462c0a492f666d394e326d38775a756d6267635747336e2b2f7862564977507264336e7278354c494b5251365536744c30674a5a476a784c5437376e767131324d72370a4c4238746c596f4c562f474163744146726e4a57797861777746490a2d2d2d206765616b31752b4741624d4637683065782b396f6e556f752b6a64366e417978644c7739635930384242410a86892e02856356149883cbb4186fe37479bfe026be14ab3dfc3ae1a975c72386fa021fd81cf059e725781b1fc43ff86eec390de7b802834e596d85dab3c37d59d4585ca505ded068d42a773787a08e70650ec7af150b35636a1aa2e0f5a1769472c0b8ffa77b157ee8e1378954b6be2923410bf5917e3d596bb655742f976b28c5258cf2a387', 'worthless-2026:gAAAAABrDPQOOEXqH_okRu0TJbP03XS78LntRsgdjFkZ7RgeTHKdYOSknO4R_oLDNnAiB25XIzYRmFyU0JeqseLEZjpU64zq8jVnc7rb63gTHQvsMb5xReARclN5NSGDdp3pL8Z7S5tVd9OO783a9_TirJx7b1OCx0-ZlTOCqtlxeY5MV7svLL0HsjRq9TejvMoo8BRx6kBT', '0953d92ca6886aa8c313c7712b349f023576d02229eb6fd6cb76a4c78c07edb4', '2026-11-30 03:57:02.680618+00');
INSERT INTO public.device_lock VALUES ('eae93bf355afe2c1c3a0e8e370211b8d', 1, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e2058323535313920553452753262684d526a2f5271596f39736f5464357a754b7962326a3648724d4548316452416e2b306d670a4a2b7862514f476a484f576e4c50363247482f7369704c50516f4b4c545271757236453173474166377a730a2d3e20412d6772656173652056282d32615a5f204d54222e64437e20444b716c21554e20485e6d3e0a35486c436938657631306b446a696a65746a48413863706e2b594f67577a4d50334e66586f6c3667784a74544c6d5977374539687375316e6a574f344d7231490a4378413573432f2f4875324634617439715a754b4d307a4f6578533655446c626449653371614f4b4c512f764e3046567a410a2d2d2d203048544d6f7476476a686c32784e46635953594f596c4e6d42316d4d4d6e6f63304b513252725261672f4d0ad4f86f49e675c2beaa9cf5df8e7f6c7302df8665b8a86f03640bb1334c201dc13c661d8639d80da40067e7891340e2c1b338808eba27ccfeaac008f13e70b8bff1e00f953ff13a4f16f4f01ef7b6c1f6627822f4ead1f4e79e4155e5364b572376d7febb8ed2ed4f0df54c2a2fdb82b4916cc372b68cc12f4cbabf664507506800d0cf121a95', 'worthless-2026:gAAAAABrDPQPCIm3SlFxZnH34p4aEvRP39UavnNcfLX_YTN-D-01HHjzYvpphQZNECkY3zcGdi6ldQi99-_4n4D2i8WptF8IQxHRNzHRABMx8h1O8fm6vOIWz6VfnMMUwtCrChh0Gs31vr1oG0HXV7potCp7uj9WC5xibNV-Yqc_P79G6jNCpiNaAtunjhnw3_OR9UIQ3NKY', '0761cdbb31aa586f200e6b1d0aebf1daa7d76a9b04cf72f9bd81214ef2215091', '2026-11-30 03:57:03.073845+00');
INSERT INTO public.device_lock VALUES ('8e1eeb8ba639049bd2763fcf9ddaf84f', 1, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139203178416379504447515052782b575766525a494431597754674f63654a58735744556471434234615279340a306a306a7234726e394a30746e3471766b6d5046796d714f426178433958554755574d625772424259386f0a2d3e20522d677265617365204d306174616a2049700a5530564f6b6854340a2d2d2d20646643596f344937766c644f585036586b6b436776684b644356584c54773137667678666b6469704a48340a103a5684d1f86e69f5463fe16fa263ee6ee9bb9be8c56f00cff9950080a7c7853324f0c64531d0d83b8638efa59d59c7d9d02ca783dde9b222a0a44b4e091092a0876bc0cf20e7f6d53923ea1a9a528848ccdf233bbe2bb340a7318f89812e15c6af675a315316610a61c492b2c85479108d4ee50a7a7adf829b87c462fd49ec9576cce05628', 'worthless-2026:gAAAAABrDPQQ8bw7kR6Sq-ncexKlGYdLxfSou9lcm1q6z2OdwuuTC_LtkRJHrNOcKEZt8yKSxslLyb4RHlXlnCKKVrHudl5Q2DSceYcxzMlPQFNkBWUJzDARzUmF_Mf-O-Iid3sccuhkxuiIwjbNTJLuxnSlVkOQ--ZKuIS_UoWri3AARFKN1uxjMBFEXlvAzJejlaWh6sWp', '164e487e46e0a101792d23eeb4dfecdb974c4ff2340cf818bc385da259d829cd', '2026-11-30 03:57:04.365823+00');
INSERT INTO public.device_lock VALUES ('4b24fc820fa8353b0d7bb05f1740c5c1', 1, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e2058323535313920686c50427674446347696e4a4c4b69783739734a33424269544933574c793975636e2f66456a45553658340a77566346696c41702f667244484b4e6c6845466f4e5a744d50474238524e697477754a2b326c64465638590a2d3e202a3f612d6772656173652047513c5437397b2b2038343f40720a4f52767349624d30654250616e71366161666e5154704b65664d626f773738515069324730457061636347554a515253454649724379644d51504863616a55430a4f396f5350756464592b2f5669683233546b69753770686f45510a2d2d2d20792f774b4e6b6e4f55624d727a65305671586b375a77647256354d6871783156646951694f5275777743380a23670ad51ee6a9c83c2823a6475892bb4528aa1ab448d8b37b5cb181563a6b302758ab33a916ba5bb5bead2b75d825eb2f7128ae61aabd28ba47bb2295d2a1487432730c45219e4b787a3a04cac7db6b8d81d9798e3ecfe1b450e0285e049497feb315460282989a65123c79542ea47fedd094cd7241697e3c073a9fda6d562f45fe48800668', 'worthless-2026:gAAAAABrDPQTJDA9zcjk_b2D9Wjv3uMEKBTeK9Ylp0EzvHwiNNQxXaQMfFIPNh6BZwT3L28Y6kETAX0WO2OM0hIsB5Xs1LNYfZFGR9lKhdl05490WX89fbQ4is_9xbkKAZlpU0YlPUPwM5hrWcHIqiB7B2kdUA04qkav1sugc9Y-rz7Xuph65k6pL_7F5wDHleSO_Iy2VV56', 'fbfd082860b370e10069320813d56e773ceb43fa537035acc20af601cf28ebdf', '2026-11-30 03:57:07.550933+00');
INSERT INTO public.device_lock VALUES ('8dbdd426d3f92d55d22d060377862174', 1, '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e205832353531392062555431683168433744634278574c35704166533648762f3046676e59526b494d4b68684b664179726e450a4c4445396c49346a2b626750703553456a793071676b417a4e336450526575447235564f7a3650595771770a2d3e202c43322d677265617365203f316759226d515f20537623354e4a67662049743f0a576f536c736e46746b76333257636b3868375848494332534f73545a383274425435464e734444686c536e56516872643353645748494743724478366236726e0a71306334435856652b765a456673365132475950516c3267656152514f467a455171663864670a2d2d2d2074746e5965426546476644527a4f532f2f686d585a4b5a7071767a584f56794171367a4f6e714d425a4b490a2ed3540a955499b70c2676eabb679bbd163c583fb5419df0add61304188743990a94e1e6642a972129617e99467cea080d619719e1a7c04325bbee4403a5be5ac46a3eab762c685f2e68ac8d8a3424aa22b4aac8646641cfd64fee0e365ed0f0c2ad39101343fbecfbcf662a2ccad0fd5e5a295e7c76f33155c4abe1d84e38f5b6c93d3899eb', 'worthless-2026:gAAAAABrDPQV7NkTKSk4iqnnwlc_zetHxMw3JTY-pQMLCrwa-mkqsjdhWWIE8X82DW9oPy_q0MS4f5pAD2aBVCgDtKfhRvuZLOD9rYKjZlpwDVoH711ZQFu2Q_1I3mZG8RXCOwV-Kb0bGfhghvF9z01PAcHfXwO5gcZ6CfW3iPACtiwNiPyD8ZbKZ79Hug2HjUlb0XVyE01b', '0b68b8b2253044e299c4b4384abd723f891daece87bc53287ad73bbc9a20f850', '2026-11-30 03:57:09.424426+00');
INSERT INTO public.event VALUES (1, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:00.841747+00', 'organisation.made', NULL, NULL, '', '{"operator": true}', 1, '0000000000000000000000000000000000000000000000000000000000000000', '92f31939575a21c9e3446bab336ed1391b014dbeb0574470ee4f1676e6f583ed', '', '');
INSERT INTO public.event VALUES (2, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:01.272482+00', 'user.joined', '83891bbf57c32707f7203db49544083f', '83891bbf57c32707f7203db49544083f', '19d494368851cfecf0cbebab98cca15b', '{"role": "owner"}', 2, '92f31939575a21c9e3446bab336ed1391b014dbeb0574470ee4f1676e6f583ed', 'bcb28ae95e91ca6c605fe3454bbb8de551cee52f73818ab362bbefd27606422f', 'Olga', 'Olga');
INSERT INTO public.event VALUES (3, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:01.301085+00', 'user.signed_in', '83891bbf57c32707f7203db49544083f', '83891bbf57c32707f7203db49544083f', '', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 3, 'bcb28ae95e91ca6c605fe3454bbb8de551cee52f73818ab362bbefd27606422f', '09d3375a82e144f38c84b7d910d06547621bac8513ae269fffba6c5c402e26f4', 'Olga', 'Olga');
INSERT INTO public.event VALUES (4, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:01.594419+00', 'device.enrolled', '83891bbf57c32707f7203db49544083f', '83891bbf57c32707f7203db49544083f', '7744c332181f5f23bfef1b010a156c3d', '{}', 4, '09d3375a82e144f38c84b7d910d06547621bac8513ae269fffba6c5c402e26f4', 'f2662dde0306d5694cedd5a98887d9450679ed8d1fce0cfc6c23d18ed145d3d8', 'Olga', 'Olga');
INSERT INTO public.event VALUES (5, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:01.594493+00', 'vault.begun', '83891bbf57c32707f7203db49544083f', '83891bbf57c32707f7203db49544083f', '7744c332181f5f23bfef1b010a156c3d', '{}', 5, 'f2662dde0306d5694cedd5a98887d9450679ed8d1fce0cfc6c23d18ed145d3d8', '506335048cf39f1d45cdf118c769406597aa3079b60ee51140ba2a54c9ef13be', 'Olga', 'Olga');
INSERT INTO public.event VALUES (6, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.016338+00', 'organisation_key.generated', '83891bbf57c32707f7203db49544083f', NULL, 'fbdf4301ac52a7b4e4ca851f054a2f74', '{"name": "Key of 2025"}', 6, '506335048cf39f1d45cdf118c769406597aa3079b60ee51140ba2a54c9ef13be', '8fbc41d798a5986bdc4a9d5c22cd7c0cd4fc9042a22fcd3d40a8bf6f16dd95bc', 'Olga', '');
INSERT INTO public.event VALUES (7, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.296955+00', 'organisation_key.activated', '83891bbf57c32707f7203db49544083f', NULL, 'fbdf4301ac52a7b4e4ca851f054a2f74', '{"name": "Key of 2025"}', 7, '8fbc41d798a5986bdc4a9d5c22cd7c0cd4fc9042a22fcd3d40a8bf6f16dd95bc', 'e602aa4537f49793237a59835a4967f7164f716ac52bfdd6527965fed9be463f', 'Olga', '');
INSERT INTO public.event VALUES (8, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.34546+00', 'invite.made', '83891bbf57c32707f7203db49544083f', NULL, 'f1ab4b7f5524f53de0e8cbe3a9f27a8a', '{"email": "bob@example.org", "role": "admin"}', 8, 'e602aa4537f49793237a59835a4967f7164f716ac52bfdd6527965fed9be463f', 'b588de86a61897c6a874ad1af240fe0e61537d6fc0bd35675a648229d1d8abc9', 'Olga', '');
INSERT INTO public.event VALUES (9, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.496119+00', 'user.joined', '690589c5d544afa0d3a7c86db3774dc9', '690589c5d544afa0d3a7c86db3774dc9', 'f1ab4b7f5524f53de0e8cbe3a9f27a8a', '{"role": "admin"}', 9, 'b588de86a61897c6a874ad1af240fe0e61537d6fc0bd35675a648229d1d8abc9', '0bf252ae1ada0e86c52b52a42e25c9fb3b031c9f944ee065b8dd9abd998b3520', 'Bob', 'Bob');
INSERT INTO public.event VALUES (10, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.510559+00', 'user.signed_in', '690589c5d544afa0d3a7c86db3774dc9', '690589c5d544afa0d3a7c86db3774dc9', '', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 10, '0bf252ae1ada0e86c52b52a42e25c9fb3b031c9f944ee065b8dd9abd998b3520', '143de09eb7e5f91e274aefe818cee70726b8cae080d8ffad52fb1d4a5b83ae58', 'Bob', 'Bob');
INSERT INTO public.event VALUES (11, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.683921+00', 'device.enrolled', '690589c5d544afa0d3a7c86db3774dc9', '690589c5d544afa0d3a7c86db3774dc9', '542305bac624ca75a2f09c2e8520cf93', '{}', 11, '143de09eb7e5f91e274aefe818cee70726b8cae080d8ffad52fb1d4a5b83ae58', '81a0dbb9a131bf4978389d7efc04ca75b6474b54caebedcf73e19e74fcd9412e', 'Bob', 'Bob');
INSERT INTO public.event VALUES (12, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.683991+00', 'vault.begun', '690589c5d544afa0d3a7c86db3774dc9', '690589c5d544afa0d3a7c86db3774dc9', '542305bac624ca75a2f09c2e8520cf93', '{}', 12, '81a0dbb9a131bf4978389d7efc04ca75b6474b54caebedcf73e19e74fcd9412e', '4762ff889f9394ed9f75b80a80fc79d31d96888d5f45e602c7db0dcc41c17db7', 'Bob', 'Bob');
INSERT INTO public.event VALUES (13, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.746475+00', 'invite.made', '83891bbf57c32707f7203db49544083f', NULL, 'e3f1c17d8f87910eeb337362c8050ca2', '{"email": "zoe@example.org", "role": "member"}', 13, '4762ff889f9394ed9f75b80a80fc79d31d96888d5f45e602c7db0dcc41c17db7', '677636d936781ae5315806df7a75374d8048b0153f369be2882d63ba5f333819', 'Olga', '');
INSERT INTO public.event VALUES (14, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.861424+00', 'user.joined', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', 'e3f1c17d8f87910eeb337362c8050ca2', '{"role": "member"}', 14, '677636d936781ae5315806df7a75374d8048b0153f369be2882d63ba5f333819', '34aaa5c8e168bcb799dda3602c8e7bc0b466b0385f5017489669072f4cb6b49e', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (15, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:02.870876+00', 'user.signed_in', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', '', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 15, '34aaa5c8e168bcb799dda3602c8e7bc0b466b0385f5017489669072f4cb6b49e', '7116d519734b619afc6c253db582fcc6117ad79d34af61cd7aaafa5c3fc964e6', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (16, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:03.075074+00', 'device.enrolled', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', 'eae93bf355afe2c1c3a0e8e370211b8d', '{}', 16, '7116d519734b619afc6c253db582fcc6117ad79d34af61cd7aaafa5c3fc964e6', '2d09e0f6093034a62a70b460c96c99a7d918d56899ab4944b84052032431b69f', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (17, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:03.075147+00', 'vault.begun', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', 'eae93bf355afe2c1c3a0e8e370211b8d', '{}', 17, '2d09e0f6093034a62a70b460c96c99a7d918d56899ab4944b84052032431b69f', 'a74360435c35908a12a34e7da1293846385a862715a57363ee11d22d3b49144c', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (18, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:03.222515+00', 'kit.confirmed', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', '', '{"number": 1}', 18, 'a74360435c35908a12a34e7da1293846385a862715a57363ee11d22d3b49144c', 'f588d2e6e5325ef056ef1f4c4852472af2f9d815017f96b1d63f4389eb7b30d3', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (19, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:03.604156+00', 'cloud_backups.on', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', '', '{"fingerprint": "fgtjaqewgl4sd3i4lubjpe633pkc2jp2ouvgf2j47nau7eerdurq"}', 19, 'f588d2e6e5325ef056ef1f4c4852472af2f9d815017f96b1d63f4389eb7b30d3', '334c02a997e0640e51e18b87beee71d94d5e0f7042b04face8bd2f988bfdef9b', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (20, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:03.804053+00', 'backup.made', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', 'cdb9b364fac903d52ab5da342b55a994', '{"items": 1, "pushed_out": 0}', 20, '334c02a997e0640e51e18b87beee71d94d5e0f7042b04face8bd2f988bfdef9b', '55570301da7f303d6eb1de77b8962e512b503da2e54ff222fd24c2106d3476a5', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (21, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:03.915857+00', 'invite.made', '83891bbf57c32707f7203db49544083f', NULL, '2a7a85caf376e40f7ded129577561bc2', '{"email": "mia@example.org", "role": "member"}', 21, '55570301da7f303d6eb1de77b8962e512b503da2e54ff222fd24c2106d3476a5', '49a6e8cd44d407e4414185956a73592ef774ce0c12d5834728051148c72ba44d', 'Olga', '');
INSERT INTO public.event VALUES (22, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:04.070482+00', 'user.joined', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '2a7a85caf376e40f7ded129577561bc2', '{"role": "member"}', 22, '49a6e8cd44d407e4414185956a73592ef774ce0c12d5834728051148c72ba44d', '393a6c763aa76cddf83b6b4eae9b7cab03769d1dc60fb04a3df354e541467f0f', 'Mia', 'Mia');
INSERT INTO public.event VALUES (23, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:04.092199+00', 'user.signed_in', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 23, '393a6c763aa76cddf83b6b4eae9b7cab03769d1dc60fb04a3df354e541467f0f', '73dde4eede36be3468d46497602d1a0276dd70e7327648a53e69bc43e2df60f3', 'Mia', 'Mia');
INSERT INTO public.event VALUES (24, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:04.369253+00', 'device.enrolled', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '8e1eeb8ba639049bd2763fcf9ddaf84f', '{}', 24, '73dde4eede36be3468d46497602d1a0276dd70e7327648a53e69bc43e2df60f3', '29ce54a7c844583ead47b144d2bf194b674abcdca4aa0906cbc57a5ebc30aa83', 'Mia', 'Mia');
INSERT INTO public.event VALUES (25, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:04.369325+00', 'vault.begun', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '8e1eeb8ba639049bd2763fcf9ddaf84f', '{}', 25, '29ce54a7c844583ead47b144d2bf194b674abcdca4aa0906cbc57a5ebc30aa83', 'ec48f5c0399df7dcfe2253df6be27f718272626f34ba53d5e155264470532e63', 'Mia', 'Mia');
INSERT INTO public.event VALUES (26, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:04.480552+00', 'kit.confirmed', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '', '{"number": 1}', 26, 'ec48f5c0399df7dcfe2253df6be27f718272626f34ba53d5e155264470532e63', 'a6e0b3b6bf696cb2118771f66ab83cde693fe3dd80822e0ff43f5ab17b6410db', 'Mia', 'Mia');
INSERT INTO public.event VALUES (27, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:04.76524+00', 'cloud_backups.on', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '', '{"fingerprint": "fgtjaqewgl4sd3i4lubjpe633pkc2jp2ouvgf2j47nau7eerdurq"}', 27, 'a6e0b3b6bf696cb2118771f66ab83cde693fe3dd80822e0ff43f5ab17b6410db', '9318dc1663a52b477902bb98a522d145ad331723537939025471f22bb1de205c', 'Mia', 'Mia');
INSERT INTO public.event VALUES (28, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:04.961906+00', 'backup.made', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '653d970d757405d7d2bf4694e85f29d0', '{"items": 1, "pushed_out": 0}', 28, '9318dc1663a52b477902bb98a522d145ad331723537939025471f22bb1de205c', '042468190df0242b22f4420ab2561618c00e3f56b54de29aec73705db1bf6a99', 'Mia', 'Mia');
INSERT INTO public.event VALUES (29, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:05.407035+00', 'organisation_key.generated', '83891bbf57c32707f7203db49544083f', NULL, 'c4f5ab597c98770ea050ba471ec2297c', '{"name": "Key of 2026"}', 29, '042468190df0242b22f4420ab2561618c00e3f56b54de29aec73705db1bf6a99', '41cd946f14b1e7b1e57788e74522ebd5e9e65fec7836be75b6f6de047684bb6c', 'Olga', '');
INSERT INTO public.event VALUES (30, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:05.522172+00', 'organisation_key.replaced', '83891bbf57c32707f7203db49544083f', NULL, 'c4f5ab597c98770ea050ba471ec2297c', '{"former": "Key of 2025", "name": "Key of 2026"}', 30, '41cd946f14b1e7b1e57788e74522ebd5e9e65fec7836be75b6f6de047684bb6c', '555689e91d5256c55c153ea62186186074b152b7a124018876e100770f7ddaaf', 'Olga', '');
INSERT INTO public.event VALUES (31, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:05.72662+00', 'organisation_key.rewrapped', '83891bbf57c32707f7203db49544083f', NULL, 'fbdf4301ac52a7b4e4ca851f054a2f74', '{"after": "Key of 2026", "name": "Key of 2025", "number": 2}', 31, '555689e91d5256c55c153ea62186186074b152b7a124018876e100770f7ddaaf', '5c58e0b35b9a3804bef349c36b10aa6655591171a2eac85a9092330da6acc432', 'Olga', '');
INSERT INTO public.event VALUES (32, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:05.871664+00', 'user.signed_in', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', '', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 32, '5c58e0b35b9a3804bef349c36b10aa6655591171a2eac85a9092330da6acc432', '6385db7b1f06c7c0a9cebe8b115297002c07c3eda28118998060a58a64c8df19', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (33, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:06.035673+00', 'pairing.opened', NULL, 'c00050166e470583206862bd23f73f66', 'ef9de15c0a81c55355b5fa99075a2425', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 33, '6385db7b1f06c7c0a9cebe8b115297002c07c3eda28118998060a58a64c8df19', '6272da8f879f231d3f7df330203b367621d0e52c5f0fd830f0a15ccc42e9ec10', '', 'Zoë');
INSERT INTO public.event VALUES (34, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:06.602196+00', 'pairing.offered', NULL, 'c00050166e470583206862bd23f73f66', 'ef9de15c0a81c55355b5fa99075a2425', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 34, '6272da8f879f231d3f7df330203b367621d0e52c5f0fd830f0a15ccc42e9ec10', '839b30562995c9b41677f0cbf9e52d253c7caf66469fc5e38404e0715d5e57ed', '', 'Zoë');
INSERT INTO public.event VALUES (35, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:06.841833+00', 'pairing.answered', NULL, 'c00050166e470583206862bd23f73f66', 'ef9de15c0a81c55355b5fa99075a2425', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 35, '839b30562995c9b41677f0cbf9e52d253c7caf66469fc5e38404e0715d5e57ed', '2a608e2b0607aea01937c7a2382f7816bf8fe9488d994531b6ec5e2afceede3b', '', 'Zoë');
INSERT INTO public.event VALUES (36, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:07.037004+00', 'pairing.confirmed', NULL, 'c00050166e470583206862bd23f73f66', 'ef9de15c0a81c55355b5fa99075a2425', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 36, '2a608e2b0607aea01937c7a2382f7816bf8fe9488d994531b6ec5e2afceede3b', '384eb0a1ee31729eee8232ec67d0bce63caba8cec1a8ec8aee350fcdd614641c', '', 'Zoë');
INSERT INTO public.event VALUES (37, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:07.538406+00', 'pairing.completed', NULL, 'c00050166e470583206862bd23f73f66', 'ef9de15c0a81c55355b5fa99075a2425', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 37, '384eb0a1ee31729eee8232ec67d0bce63caba8cec1a8ec8aee350fcdd614641c', 'be311cdc7b025532ca350b8112e61de7788ea052daaec940830d6213e330d0d9', '', 'Zoë');
INSERT INTO public.event VALUES (38, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:07.550504+00', 'device.enrolled', 'c00050166e470583206862bd23f73f66', 'c00050166e470583206862bd23f73f66', '4b24fc820fa8353b0d7bb05f1740c5c1', '{}', 38, 'be311cdc7b025532ca350b8112e61de7788ea052daaec940830d6213e330d0d9', 'a2ba8dead36160620427748362cbb684e36ec9b9ea78faa63fb84222f4668e4c', 'Zoë', 'Zoë');
INSERT INTO public.event VALUES (39, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:07.749052+00', 'user.signed_in', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '', '{"address": "127.0.0.1", "browser": "Firefox on Linux"}', 39, 'a2ba8dead36160620427748362cbb684e36ec9b9ea78faa63fb84222f4668e4c', '979999a9d11d9a4d2200e21109530f538169cdd6ed54ba80a5a896ff7eccd775', 'Mia', 'Mia');
INSERT INTO public.event VALUES (40, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:08.542459+00', 'restore_request.requested', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '33b5a2acbb29bd8920397fe93327a69c', '{"address": "127.0.0.1", "backup": "653d970d757405d7d2bf4694e85f29d0", "browser": "Firefox on Linux", "reason": "no_key"}', 40, '979999a9d11d9a4d2200e21109530f538169cdd6ed54ba80a5a896ff7eccd775', '7a8fcfe47441e91f12bd897db20c1b80255f7f7b22a66308778d4fba7d8a8038', 'Mia', 'Mia');
INSERT INTO public.event VALUES (41, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:09.11908+00', 'restore_request.approved', '83891bbf57c32707f7203db49544083f', '8f64eb2ebd61c1c8209b4e44a9602116', '33b5a2acbb29bd8920397fe93327a69c', '{"reason": ""}', 41, '7a8fcfe47441e91f12bd897db20c1b80255f7f7b22a66308778d4fba7d8a8038', '46a71f279ec3915f85a42781307ace1ffda9c5509987429f9dd9fc1c2d780cb2', 'Olga', 'Mia');
INSERT INTO public.event VALUES (42, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:09.16626+00', 'restore_request.released', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '33b5a2acbb29bd8920397fe93327a69c', '{"reason": ""}', 42, '46a71f279ec3915f85a42781307ace1ffda9c5509987429f9dd9fc1c2d780cb2', '9bf97f296df452effaf0efe28ba7979eba7a66e5bdb0fffddd3addb3171b48b6', 'Mia', 'Mia');
INSERT INTO public.event VALUES (43, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:09.391333+00', 'restore_request.completed', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '33b5a2acbb29bd8920397fe93327a69c', '{"reason": ""}', 43, '9bf97f296df452effaf0efe28ba7979eba7a66e5bdb0fffddd3addb3171b48b6', '70c8789fe8e21fcb5267b36d7c8a47cf604044e8368ce7b0b7c8bc61d7061cec', 'Mia', 'Mia');
INSERT INTO public.event VALUES (44, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:09.419842+00', 'device.unpaired', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '8e1eeb8ba639049bd2763fcf9ddaf84f', '{}', 44, '70c8789fe8e21fcb5267b36d7c8a47cf604044e8368ce7b0b7c8bc61d7061cec', '2278d93a83ca24e5aa00c179d68b9852a500023fc6cfdaab5a474997cbeac5b5', 'Mia', 'Mia');
INSERT INTO public.event VALUES (45, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:09.42406+00', 'device.enrolled', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '8dbdd426d3f92d55d22d060377862174', '{}', 45, '2278d93a83ca24e5aa00c179d68b9852a500023fc6cfdaab5a474997cbeac5b5', '4f64d10b7f41acd7e689f67371be7e853e57a84371e5b5c6c7287917b395f19a', 'Mia', 'Mia');
INSERT INTO public.event VALUES (46, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:09.568933+00', 'cloud_backups.on', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', '', '{"fingerprint": "dmf5uyfairwr26sqce74stvcf7j7zobv7t2niugezav2dxneukfq"}', 46, '4f64d10b7f41acd7e689f67371be7e853e57a84371e5b5c6c7287917b395f19a', '727b5c3c158e6fb9d0b6e24f33699251f184cbd078702e81861ffcf8f17f8f07', 'Mia', 'Mia');
INSERT INTO public.event VALUES (47, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:09.754928+00', 'backup.made', '8f64eb2ebd61c1c8209b4e44a9602116', '8f64eb2ebd61c1c8209b4e44a9602116', 'f0bf8599465afd75737f45c766988110', '{"items": 2, "pushed_out": 0}', 47, '727b5c3c158e6fb9d0b6e24f33699251f184cbd078702e81861ffcf8f17f8f07', '130e57b6e902d10b89e6ccd912aa2ef606e1e12244a6e975d09dc1ed6d1c6ee1', 'Mia', 'Mia');
INSERT INTO public.event VALUES (48, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:09.901962+00', 'user.signed_in', '690589c5d544afa0d3a7c86db3774dc9', '690589c5d544afa0d3a7c86db3774dc9', '', '{"address": "127.0.0.1", "browser": "A browser"}', 48, '130e57b6e902d10b89e6ccd912aa2ef606e1e12244a6e975d09dc1ed6d1c6ee1', '14f36a0c70fabb78fd4d0c5ae960b957704e9227deb420f370e4faabb65ef394', 'Bob', 'Bob');
INSERT INTO public.event VALUES (49, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:10.879156+00', 'second_factor.turned_on', '690589c5d544afa0d3a7c86db3774dc9', '690589c5d544afa0d3a7c86db3774dc9', '', '{}', 49, '14f36a0c70fabb78fd4d0c5ae960b957704e9227deb420f370e4faabb65ef394', '6c9d6c1bff5d65f088211792a12f0063230079e11f382dd2ce330da0ec1854a1', 'Bob', 'Bob');
INSERT INTO public.event VALUES (50, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:11.067957+00', 'invite.made', '83891bbf57c32707f7203db49544083f', NULL, '26deda63cee4326c0f9b8efb6a280066', '{"email": "later@example.org", "role": "member"}', 50, '6c9d6c1bff5d65f088211792a12f0063230079e11f382dd2ce330da0ec1854a1', '40e8c470e05f79d95410e90ffad176174bebf90a64aa6e471f23e0c89a5535b8', 'Olga', '');
INSERT INTO public.event VALUES (51, 'f2f6f288edba5ba2dd36fbb1edc309d8', '2026-11-30 03:57:11.292156+00', 'audit_key.made', NULL, NULL, '', '{"fingerprint": "xklsfoox3wdrzkly6on4ufbg6izxl2io"}', 51, '40e8c470e05f79d95410e90ffad176174bebf90a64aa6e471f23e0c89a5535b8', '99961837ac864ac4bcc038d1b49c9ddbc25acfc1d19d1dc07bf2e9455121c15d', '', '');
INSERT INTO public.event_chain VALUES ('f2f6f288edba5ba2dd36fbb1edc309d8', 51, '99961837ac864ac4bcc038d1b49c9ddbc25acfc1d19d1dc07bf2e9455121c15d');
INSERT INTO public.former_share VALUES ('9514bb9593d496ebc7ee220a84ac4d56', '653d970d757405d7d2bf4694e85f29d0', 'fbdf4301ac52a7b4e4ca851f054a2f74', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139204b6d7a716c6651384c6242782f504771796d553565596844584b4c72376a7458653341576f594b6d4177340a7a79414536316264664a702b6970625a7439487a426d344651665947797068652f4e542f513461443536510a2d3e205d2278675d282d6772656173652077512539405b4e6a20334834430a793137750a2d2d2d2051643662464479475062506636497157686c5866565a4a523251583835544d545479387a7672434e7a4a590a7203dffb1333e997f907561250e4f2289f1c4f7820f1a1e49cc1265c8547430ee1798a6dd61e41e85aaa7e81418a63d05860c1ff95c61148194bc6051f5059cb3aa0450b4377e6391c63a71ae293c024e7ff5690c9d0623d95ad26a85c7f76abcceecdafc555b6a69ac70fc61a28ca4b911660fbf89d3a78138db9fe063c4b867621862178836635d340f796a7c0b0cb8e0b8391a14f52c56ca5655106bfc92258ca77dec8447330391fac9559cddf4f92945af8b4f5002521afb592920886f997b4f334d85493de09fe212a8a55e164b6c499f33077971085e0e9a2079513d7500fb40b374c75d0fe022aa4d04296ea06be009268649d0ca61b0660303a270fa49be14e495b5d8758840f16068350589a3343f88ff801461a2e30dfefa9e80473214c2437a604e6cc6950940afbae8e582d55404ceb2de31cb6cde0940fe27acd4e243e8473335c1de832cce3b69207017f6182b557c564356503e055f3a0af94c68fe185c6d84dada49b3562fb24bc6f6a43f265e8ff7a55128b244528002b87a112a3ad7ea2321c6514a50d398dba30ccbff087faabda892973e69f82b7bc81b3b445b595857b720aad40908142ea51f47ec8e50c60da379e3965e475dc6273524c687c39bc9348866affb770f64bf62afc3c00e07e3e9e66d53fbf9682598202cccadf8c33e90c6f1cf6ae5504ddadcfd0817b1d1023afaa1c627218b2761527dc18a4282124d813ce03aa815aa72fee4d479454f001fec3167d12f85b619a3f12458cbf440c87808fd847acb21261d313442ecc1b8f77d41e9bf3d18062fae8bfdac6db2c37378b76c367946bf421c1c500dbcca89e9ea61b2f411695b7b2b5e4b95587f089cb8903113b06381b32f0890760fdc46049ea02a6366447d7e77eb6bec3cc80cec218aaa5c72932b8db6ec4b2b4d4e47c7d5bb3198db83c9157a021b3026d558015750db8ae997f35ee447f9aefcd37bc6ad7d05f53ff984db1dcd3dbe1e30478555572d8862f58bcd809dfaf2747bb8f34383681f55b70b55654ecb3b38b736b6c47b9b0bbcb63f61402993327ed3ed3461954ef2b654b2b72a2f5c0f05efd99c1ee8a3ef08e18094c6d82acf2c31249a786900707ee70d0dc1167aab9136d96464c772a8c334061ce15fde631786464cea584dfd414369b27e060acbbe51bf9cddb7e648a5880e7efbee0db47bd123c1828a8648636a13b9ba18bfc2e50e9869d', '2026-12-30 03:57:05.720513+00');
INSERT INTO public.former_share VALUES ('92c0c33f7f7dfd9e9eba023232ad866d', 'cdb9b364fac903d52ab5da342b55a994', 'fbdf4301ac52a7b4e4ca851f054a2f74', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139204a775951703767626c56593331324e6654643767476a453538524d624d61477a6b2f4f6256314d724f6d670a495a704646466477376474454b613177787a666b362b34564f6a4645664e654a4b626b4a694d61377a51730a2d3e206e5d2c78224c2d677265617365204c592051745e74612048712b0a7462376e50426b5665494c5a545a7a7354664a374c7550456473334179524a583259366e50496654452b6a4b797565783762464d68714d324349772b454e39520a56556876556f547145533937554d53344e32646674715a4e48647967736841723841510a2d2d2d203665664e67626b334f41576a336d6d6a704d356c337a366377497233524e4d59395452372f5375764864340acc0bbd7ce54bf4e44d4c6102fb7232b2ab55e285aa61d269a30273888a8e75e507535ded0740a104a0fa159c137587f657b35e7f29003c4da6bf6cc06e5a45aef294fe5346a581f56d56c878f445dff972453b5ec0801c3bda8ab0e4c78f887ffc495bfa6f498e63b4cad592cc0877a4983f22ccf07cff3b135af8cc712c84d6d9643783244f582036d0d45d4b8a897593f3a7973ea15ca154ff9def0c75996ea3d2bc0de50cad30a870fb89c267b717f1eb8cb96df21fdafdae675a9c86a12360f164fd49da4e24d441c84bbac9d5a2ce3255e8fdb2426fb71bd1a4286d1a1d1f1c1aaa7d210657287aa42c4c59f67503205ef07bcf28ee8eae604c96d5e8d1e4613a0f197e599ce76d86bc6b30cbb96269fbb98c52a26a1c8e15007cbd42d9a3ad38f52cf5237586550add9504f8af160ed07bb421cbd24fd4f5fff30c53df458af6263ae4c8c886da94e26f10728763895891db4d794290dfb54549e6d408b177b5bf7ba3887c13d77f729283ef8fbfa111c15cfee0bea850532483fb6f542ce1f61360a53cb54b536e8396061bcb4120ac31919818cbe5fba1236b1b31bbaaf36b869e5a8bc815101230270ad118c44ac8e45bdaa78c68028ce699b3219a4f56447b2fcb7a7fada3d84cc4a427f86e1f936005b0afc09f9667d1f372a5ac39fbe52711827a8360aa95665f75f76080233c60a7831fe3f3f4e734715ede980808993cc2d2471962df1489a7e1ef57d0d55f6668537c2cfaf3aa1e8b1f00dc16d2e6156806c73abc574329eaab270b8ec830a7ec2d6b0aef1c504b2a3a37a38215258fe31a3d037a62dde65dab86635cf3816f66956f0b32ba7a5a13acd82748c487d077c9fff609c098cecc53921c579ebd40ec39ad55fdcb53fe19d0b4ca6242abe21c1bfb471f3516d04660c430c0a1b5b4bf37f2dc7cec6f7bd36ab7f71e56990b053b0e71978652a54f7223bf68d821438ea3b5ae8b3e335306487d43a29291e6d137f0fe77cd2a4f2fdb8112ae0308a559e7af7e979e7f149a25bb00fc4b711607dd18c9d250388928513a6628d70d8fc2dc66b718cac19bec31b91f192504d167509c551e7b013e5f01fdf1760a6ac10d8b123fe9ef10193199b00728c61c47a0f27b9a4c93c8f59746fd380970e6e756e731e963d7172d0178e77b2d3d892117374fb82dd33cf465c47506dabae814f96034d289287f25dfaad6a8b72b7cf738cb18e8e7', '2026-12-30 03:57:05.724517+00');
INSERT INTO public.invite VALUES ('19d494368851cfecf0cbebab98cca15b', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'olga@example.org', 'Olga', 'owner', 'd2763a9d98b8a1a8d21b6e0ccdd0c2f6511655c14c2b796046f74b03efaa0d3f', NULL, '2026-11-30 03:57:00.848955+00', '2026-11-30 04:57:00.848022+00', '2026-11-30 03:57:01.26577+00', NULL);
INSERT INTO public.invite VALUES ('f1ab4b7f5524f53de0e8cbe3a9f27a8a', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'bob@example.org', 'Bob', 'admin', '1dfb1623b5f3df267239ef54bda04ecde976367259bd4fbdf9a91f7507015d56', '83891bbf57c32707f7203db49544083f', '2026-11-30 03:57:02.344857+00', '2026-12-07 03:57:02.344484+00', '2026-11-30 03:57:02.48645+00', NULL);
INSERT INTO public.invite VALUES ('e3f1c17d8f87910eeb337362c8050ca2', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'zoe@example.org', 'Zoë', 'member', '1b48d0b097802259eff25147d0a5f7edf76dbf480ff387f232475f761781acbf', '83891bbf57c32707f7203db49544083f', '2026-11-30 03:57:02.745879+00', '2026-12-07 03:57:02.745501+00', '2026-11-30 03:57:02.851778+00', NULL);
INSERT INTO public.invite VALUES ('2a7a85caf376e40f7ded129577561bc2', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'mia@example.org', 'Mia', 'member', '716f7ce189bd2a87593cbe837b292021104222218fea6a846a7ffb1f677c97c3', '83891bbf57c32707f7203db49544083f', '2026-11-30 03:57:03.912427+00', '2026-12-07 03:57:03.912056+00', '2026-11-30 03:57:04.067896+00', NULL);
INSERT INTO public.invite VALUES ('26deda63cee4326c0f9b8efb6a280066', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'later@example.org', 'Later', 'member', 'ac63f2c4889aef1ec5222facc0320b0f885e809ac00d5a3f75468807c20c0112', '83891bbf57c32707f7203db49544083f', '2026-11-30 03:57:11.064115+00', '2026-12-07 03:57:11.063588+00', NULL, NULL);
INSERT INTO public.key_succession VALUES ('9298645845a82851466012909cdf17a4', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'fgtjaqewgl4sd3i4lubjpe633pkc2jp2ouvgf2j47nau7eerdurq', 'dmf5uyfairwr26sqce74stvcf7j7zobv7t2niugezav2dxneukfq', '{"v":1,"type":"organisation-key-succession","organisation":"f2f6f288edba5ba2dd36fbb1edc309d8","former":{"epoch":1,"recipient":"age1rctw6u90lleqyvumk2h3590fp5sec5gln7tyyt5mycvey0xdl5jspa0tnx","sign":"09UREEDiNUDJbqDbiJVCoz08+E7rCtGxQzeEFc+k1Mo="},"next":{"epoch":2,"recipient":"age1lzqmx4ld3ga7f9vhvhfpn7yyfuw75nuvkrk3ksagtllutp9vk42s5zuyqn","sign":"NuD7SUrSsGYvsehHBiP1v9SCd72Zkld3+aGTBjH63Ak="},"made_at":"2026-11-30T03:57:05Z"}', '\x564d7d000bec00ff88d43174090a64d8fd251184d945a8b9fefdb705b6c868615046d9d0dba363ae658bf7156474b52ebf8433868018d724fbe41a2d6c769b05', '2026-11-30 03:57:05.523027+00');
INSERT INTO public.link VALUES ('9c23455b7ac993c3fb7a365c09fba5a2', 'c00050166e470583206862bd23f73f66', 'veto', 'd6dcfc01ef68b54479282736b71f1809d421e7e7ad56d83efb5884943b07f1f0', '', NULL, '2026-11-30 03:57:05.872702+00', '2026-12-14 03:57:05.871883+00', NULL);
INSERT INTO public.link VALUES ('6bdaff8c4f05e19668706f7d88ddb6a4', 'c00050166e470583206862bd23f73f66', 'veto', 'e7cb194ab1e38deb8a02717f29c3ab4415a6df0d33e503595bf56c361f62c500', '', NULL, '2026-11-30 03:57:06.036175+00', '2026-12-14 03:57:06.035904+00', NULL);
INSERT INTO public.link VALUES ('ff74355a1be571b478f16b8fbe087049', 'c00050166e470583206862bd23f73f66', 'veto', '9b98be332ec408f3b7015efa5a1e92ea31739c60f86d97d102e238bfb887107f', '', NULL, '2026-11-30 03:57:07.546774+00', '2026-12-14 03:57:07.546436+00', NULL);
INSERT INTO public.link VALUES ('06e7df11f4a56e7203d84bebe2442cdb', '8f64eb2ebd61c1c8209b4e44a9602116', 'veto', '9a7eef2759826b4bea6eee3fd21b716b92f28f2bef94ee617aafa499847fad54', '', NULL, '2026-11-30 03:57:07.749619+00', '2026-12-14 03:57:07.749271+00', NULL);
INSERT INTO public.link VALUES ('1aad539de12898371384b07306162c16', '8f64eb2ebd61c1c8209b4e44a9602116', 'veto', '2bf02b94aa9b94d361bf7470515c31dec2fd4f52381f1463dec98c9da387655c', '', NULL, '2026-11-30 03:57:08.548826+00', '2026-12-14 03:57:08.54849+00', NULL);
INSERT INTO public.link VALUES ('800e9524725d27814c08a44ae7eb4f1d', '8f64eb2ebd61c1c8209b4e44a9602116', 'veto', 'a8317386b80a18eccd28f8ba6f5e428c1d866822b01a3b1991266c32a3ceb8ad', '', NULL, '2026-11-30 03:57:09.123093+00', '2026-12-14 03:57:09.122781+00', NULL);
INSERT INTO public.link VALUES ('b59cabaac1e882664f76593859851b3f', '8f64eb2ebd61c1c8209b4e44a9602116', 'veto', '5655c96269e95aa5a2e7f7ec94e276d8a09ad563cbc22d747bf5e521d52e3503', '', NULL, '2026-11-30 03:57:09.168091+00', '2026-12-14 03:57:09.16779+00', NULL);
INSERT INTO public.link VALUES ('b69764800f68f9353c7685c062c93e45', '8f64eb2ebd61c1c8209b4e44a9602116', 'veto', '5f396a5ea3633a4d05b48ae174f410c56e61f5e09992405f4237572416a31616', '', NULL, '2026-11-30 03:57:09.396312+00', '2026-12-14 03:57:09.395934+00', NULL);
INSERT INTO public.link VALUES ('4f54fa485769bdf24215c4246527f085', '690589c5d544afa0d3a7c86db3774dc9', 'veto', '62f53ee000c300db23de43be89540bfb97b5e55bfc299f48dc5c5f4c1d046e50', '', NULL, '2026-11-30 03:57:09.902554+00', '2026-12-14 03:57:09.90219+00', NULL);
INSERT INTO public.link VALUES ('3b56c0ba09319dc9d746183c5ba5173d', '690589c5d544afa0d3a7c86db3774dc9', 'veto', '8e511461bec7f4f5bd4851006b0005e2b9c5215ac5fe0d7bd1629a11a8e1cf4b', '', NULL, '2026-11-30 03:57:10.879754+00', '2026-12-14 03:57:10.879376+00', NULL);
INSERT INTO public.notice VALUES ('01ffd44f562b1c53038f9983149fd84a', '83891bbf57c32707f7203db49544083f', 'account_changed_admin', '{"member": "Bob", "email": "bob@example.org", "member_id": "690589c5d544afa0d3a7c86db3774dc9", "admin": "Olga", "deed": "joined", "after": "admin"}', '2026-11-30 03:57:02.49892+00', NULL, NULL, 0, '2026-11-30 03:57:02.498923+00', '', NULL);
INSERT INTO public.notice VALUES ('c41650b10b4b5cfbefc53d62c68a781b', '690589c5d544afa0d3a7c86db3774dc9', 'key_replaced_admin', '{"admin": "Olga", "is_signed": true, "name": "Key of 2026", "former": "Key of 2025"}', '2026-11-30 03:57:05.525427+00', NULL, NULL, 0, '2026-11-30 03:57:05.525431+00', '', NULL);
INSERT INTO public.notice VALUES ('f9cdc49e44ef2946981b95a2f531d152', '8f64eb2ebd61c1c8209b4e44a9602116', 'key_replaced', '{"admin": "Olga", "is_signed": true, "name": "Key of 2026", "former": "Key of 2025"}', '2026-11-30 03:57:05.528433+00', NULL, NULL, 0, '2026-11-30 03:57:05.528436+00', '', NULL);
INSERT INTO public.notice VALUES ('3d6a0d809022a831206cd05d9493bc02', 'c00050166e470583206862bd23f73f66', 'key_replaced', '{"admin": "Olga", "is_signed": true, "name": "Key of 2026", "former": "Key of 2025"}', '2026-11-30 03:57:05.528438+00', NULL, NULL, 0, '2026-11-30 03:57:05.528439+00', '', NULL);
INSERT INTO public.notice VALUES ('cca0fa41354f7588393b552b2c594654', 'c00050166e470583206862bd23f73f66', 'new_sign_in', '{"sign_in": "00d50c1de3eda39469ac6be966fe48f886c392d61ce6e516a2968be6387b61d3", "browser": "Firefox on Linux", "address": "127.0.0.1", "veto": "9c23455b7ac993c3fb7a365c09fba5a2"}', '2026-11-30 03:57:05.874755+00', NULL, NULL, 0, '2026-11-30 03:57:05.874759+00', '', NULL);
INSERT INTO public.notice VALUES ('ee662d1457b5d5f2d97c054a4a8f0c77', 'c00050166e470583206862bd23f73f66', 'pairing_opened', '{"pairing": "ef9de15c0a81c55355b5fa99075a2425", "browser": "Firefox on Linux", "address": "127.0.0.1", "veto": "6bdaff8c4f05e19668706f7d88ddb6a4"}', '2026-11-30 03:57:06.043696+00', '2026-11-30 03:57:07.542267+00', NULL, 0, '2026-11-30 03:57:06.043699+00', '', NULL);
INSERT INTO public.notice VALUES ('8e38fc18aeff064ffbc6e2ad34964eb6', 'c00050166e470583206862bd23f73f66', 'pairing_completed', '{"pairing": "ef9de15c0a81c55355b5fa99075a2425", "browser": "Firefox on Linux", "address": "127.0.0.1", "veto": "ff74355a1be571b478f16b8fbe087049"}', '2026-11-30 03:57:07.549802+00', NULL, NULL, 0, '2026-11-30 03:57:07.549806+00', '', NULL);
INSERT INTO public.notice VALUES ('e0a3c75c198e031be8fbedb085d98ed0', '8f64eb2ebd61c1c8209b4e44a9602116', 'new_sign_in', '{"sign_in": "af6a724f4335a26756806fdaf23206d3cd2809e485871ad5c9ec5cdfbd2ea1ab", "browser": "Firefox on Linux", "address": "127.0.0.1", "veto": "06e7df11f4a56e7203d84bebe2442cdb"}', '2026-11-30 03:57:07.752606+00', NULL, NULL, 0, '2026-11-30 03:57:07.75261+00', '', NULL);
INSERT INTO public.notice VALUES ('20dfef99d1a5b54a063e7bbefa8756cf', '8f64eb2ebd61c1c8209b4e44a9602116', 'restore_requested_by_you', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1", "veto": "1aad539de12898371384b07306162c16"}', '2026-11-30 03:57:08.550437+00', NULL, NULL, 0, '2026-11-30 03:57:08.550439+00', '', NULL);
INSERT INTO public.notice VALUES ('90c8bcf5e25fb8c4c95f770c64de971f', '690589c5d544afa0d3a7c86db3774dc9', 'restore_requested', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1"}', '2026-11-30 03:57:08.549439+00', '2026-11-30 03:57:09.120658+00', NULL, 0, '2026-11-30 03:57:08.549442+00', '', NULL);
INSERT INTO public.notice VALUES ('f05fa5e98719065702475a47d61b758e', '83891bbf57c32707f7203db49544083f', 'restore_requested', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1"}', '2026-11-30 03:57:08.549444+00', '2026-11-30 03:57:09.120673+00', NULL, 0, '2026-11-30 03:57:08.549445+00', '', NULL);
INSERT INTO public.notice VALUES ('354397a6a785f4f16fa754d33b534abe', '8f64eb2ebd61c1c8209b4e44a9602116', 'restore_approved', '{"admin": "Olga", "request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1", "veto": "800e9524725d27814c08a44ae7eb4f1d"}', '2026-11-30 03:57:09.127309+00', NULL, NULL, 0, '2026-11-30 03:57:09.127312+00', '', NULL);
INSERT INTO public.notice VALUES ('c7324a4d6548de2fd49aab5890203686', '8f64eb2ebd61c1c8209b4e44a9602116', 'restore_released', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1", "veto": "b59cabaac1e882664f76593859851b3f"}', '2026-11-30 03:57:09.169037+00', NULL, NULL, 0, '2026-11-30 03:57:09.16904+00', '', NULL);
INSERT INTO public.notice VALUES ('b77d0b21fdb2680230f3df1af6e88590', '690589c5d544afa0d3a7c86db3774dc9', 'restore_released_admin', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1"}', '2026-11-30 03:57:09.170506+00', NULL, NULL, 0, '2026-11-30 03:57:09.170509+00', '', NULL);
INSERT INTO public.notice VALUES ('9993c9331fc4d9ea43e65e91b5a43ca1', '83891bbf57c32707f7203db49544083f', 'restore_released_admin', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1"}', '2026-11-30 03:57:09.170512+00', NULL, NULL, 0, '2026-11-30 03:57:09.170512+00', '', NULL);
INSERT INTO public.notice VALUES ('c97f2e27b12bafa7361e9def5e3b550e', '8f64eb2ebd61c1c8209b4e44a9602116', 'restore_completed', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1", "veto": "b69764800f68f9353c7685c062c93e45"}', '2026-11-30 03:57:09.402068+00', NULL, NULL, 0, '2026-11-30 03:57:09.402072+00', '', NULL);
INSERT INTO public.notice VALUES ('5eb9f0da3f5bf2aa853e4d9da1629566', '690589c5d544afa0d3a7c86db3774dc9', 'restore_completed_admin', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1"}', '2026-11-30 03:57:09.409081+00', NULL, NULL, 0, '2026-11-30 03:57:09.409084+00', '', NULL);
INSERT INTO public.notice VALUES ('aec65ef465464929462fb2252297cd91', '83891bbf57c32707f7203db49544083f', 'restore_completed_admin', '{"request": "33b5a2acbb29bd8920397fe93327a69c", "number": "33b5a2ac", "member": "Mia", "email": "mia@example.org", "browser": "Firefox on Linux", "address": "127.0.0.1"}', '2026-11-30 03:57:09.409087+00', NULL, NULL, 0, '2026-11-30 03:57:09.409088+00', '', NULL);
INSERT INTO public.notice VALUES ('97245a5ef16371a6758fdfa43d182847', '690589c5d544afa0d3a7c86db3774dc9', 'new_sign_in', '{"sign_in": "c85cce51f74f48330639c52923ba289b043b47e1bf561b1e8a66fb8dae2300e0", "browser": "A browser", "address": "127.0.0.1", "veto": "4f54fa485769bdf24215c4246527f085"}', '2026-11-30 03:57:09.921864+00', NULL, NULL, 0, '2026-11-30 03:57:09.921868+00', '', NULL);
INSERT INTO public.notice VALUES ('84376d3f28e93d4f149c39c21764b045', '690589c5d544afa0d3a7c86db3774dc9', 'second_factor_on', '{"sign_in": "c85cce51f74f48330639c52923ba289b043b47e1bf561b1e8a66fb8dae2300e0", "veto": "3b56c0ba09319dc9d746183c5ba5173d"}', '2026-11-30 03:57:10.88059+00', NULL, NULL, 0, '2026-11-30 03:57:10.880593+00', '', NULL);
INSERT INTO public.one_time_code VALUES ('1d1a69248b04d395fbf0770ccc8dacbc', '690589c5d544afa0d3a7c86db3774dc9', '8e026e7381938289665990ea0f0dd7e163b48abe1ed2a4e7c1203fa78d53983b', NULL);
INSERT INTO public.one_time_code VALUES ('2211dfbfaccfc9c3fdb3a58aff402f14', '690589c5d544afa0d3a7c86db3774dc9', '7b07100729d84592272eb06d5619275e518b93ddcd4e8cbaa360781259096edd', NULL);
INSERT INTO public.one_time_code VALUES ('a2d82f58294822aefb038b77376e484c', '690589c5d544afa0d3a7c86db3774dc9', '51b53f7a7c2f5cb7adbbff81d18f41661a2e898a57e95a03c47a3b9b43720d43', NULL);
INSERT INTO public.one_time_code VALUES ('9a3d475ef3acfa6adcff6a0c4d04c01b', '690589c5d544afa0d3a7c86db3774dc9', '3c4293ad063965f93c801d084d3b87416769e674af1c5781a6be17eb289efa47', NULL);
INSERT INTO public.one_time_code VALUES ('ef37821409b1c322769a777a19d3b219', '690589c5d544afa0d3a7c86db3774dc9', '06070a2c99f60cb01c6a6132de7c861007e03a43288f9cd858db8d675f0d29ce', NULL);
INSERT INTO public.one_time_code VALUES ('a3eb8e0a73fbe3e15a52190f9f7a79ed', '690589c5d544afa0d3a7c86db3774dc9', '7cf9772d6a3d67a62fbf126d1c524cc78ef1f0c0d4a6aa2132723b107b5fef10', NULL);
INSERT INTO public.one_time_code VALUES ('5097f71ff80759269be36408b254a1b8', '690589c5d544afa0d3a7c86db3774dc9', '506bbc9b2541261e86d02d2f74525d96adb2e19bf94875cc1e6f995bab958337', NULL);
INSERT INTO public.one_time_code VALUES ('e9f4cb6cdaad026f14ffdfae99a9fb25', '690589c5d544afa0d3a7c86db3774dc9', '34dc2c632b5062997a9728d99d34d0f80bc2179a0b9215136fb2c6b98e7ee215', NULL);
INSERT INTO public.one_time_code VALUES ('5de906fff6f7fbdb91712f48e1048abf', '690589c5d544afa0d3a7c86db3774dc9', 'b0e416fa0dc05131a4cf6358595978586619720a7d681e82917da85b6efaae7b', NULL);
INSERT INTO public.one_time_code VALUES ('926aedf5356a082ef8d6a2a0021a4046', '690589c5d544afa0d3a7c86db3774dc9', 'f8d0357c8d152ce396bc2c52ac164eb6c14d405e7d7089aa4ce15b6108603e72', NULL);
INSERT INTO public.organisation VALUES ('f2f6f288edba5ba2dd36fbb1edc309d8', 'Lighthouse Works', '', '', '', false, 4, '2026-11-30 03:57:00.839135+00', 24, 'nobody', 10, 14, 8, '');
INSERT INTO public.organisation_key VALUES ('fbdf4301ac52a7b4e4ca851f054a2f74', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'Key of 2025', 1, 'age1rctw6u90lleqyvumk2h3590fp5sec5gln7tyyt5mycvey0xdl5jspa0tnx', '\xd3d5111040e23540c96ea0db889542a33d3cf84eeb0ad1b143378415cfa4d4ca', 'fgtjaqewgl4sd3i4lubjpe633pkc2jp2ouvgf2j47nau7eerdurq', 'disabled', '83891bbf57c32707f7203db49544083f', '2026-11-30 03:57:02.014264+00', '2026-11-30 03:57:02.29062+00', '2026-11-30 03:57:02.29062+00', '2026-11-30 03:57:05.493375+00', NULL, NULL);
INSERT INTO public.organisation_key VALUES ('c4f5ab597c98770ea050ba471ec2297c', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'Key of 2026', 2, 'age1lzqmx4ld3ga7f9vhvhfpn7yyfuw75nuvkrk3ksagtllutp9vk42s5zuyqn', '\x36e0fb494ad2b0662fb1e8470623f5bfd48277bd99925777f9a1930631fadc09', 'dmf5uyfairwr26sqce74stvcf7j7zobv7t2niugezav2dxneukfq', 'active', '83891bbf57c32707f7203db49544083f', '2026-11-30 03:57:05.40646+00', '2026-11-30 03:57:05.495707+00', '2026-11-30 03:57:05.495707+00', NULL, 'fbdf4301ac52a7b4e4ca851f054a2f74', NULL);
INSERT INTO public.pairing VALUES ('ef9de15c0a81c55355b5fa99075a2425', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'c00050166e470583206862bd23f73f66', '4b24fc820fa8353b0d7bb05f1740c5c1', '\xe0479efce1cfeb6610bbe7a92d7eecfa991720919849b74c0a64c8f9b9debd92', 'age1pc5mj5jgx5tupq9mvsrlrg0h8jrqw04884wl45wu3nrjv4vcz3sqs3whjc', 'Firefox on Linux', '127.0.0.1', '{"v":1,"type":"pairing","pairing":"ef9de15c0a81c55355b5fa99075a2425","origin":"http://localhost","organisation":"f2f6f288edba5ba2dd36fbb1edc309d8","user":"c00050166e470583206862bd23f73f66","device":"4b24fc820fa8353b0d7bb05f1740c5c1","sign":"4Eee/OHP62YQu+epLX7s+pkXIJGYSbdMCmTI+bnevZI=","recipient":"age1pc5mj5jgx5tupq9mvsrlrg0h8jrqw04884wl45wu3nrjv4vcz3sqs3whjc","nonce":"ksYGOfVbM4j4YrBwM8vvwQ==","browser":"Safari on iPhone","made_at":"2026-11-30T03:57:05Z"}', '\x2fada7bb525deea78e1a8f92de01eccb588018fab20e8bd7630b9781c5fcddd6c97596e83081e9409312f9ded48df87b4eea9119449f8039039547735095e802', 'completed', 5, '2026-11-30 03:57:06.034381+00', '2026-11-30 04:07:07.032628+00', 'eae93bf355afe2c1c3a0e8e370211b8d', '{"v":1,"type":"pairing-offer","pairing":"ef9de15c0a81c55355b5fa99075a2425","device":"eae93bf355afe2c1c3a0e8e370211b8d","sign":"N8Csc0oxK4dne37gk5ra8NAWlnRv0kSzW2UoUQGE43s=","recipient":"age1mkekq506j37r9e4uskf6h4q58t3t0m54pcmh3fa9glnfm45ya90qgphjax","nonce":"Ban50yflC41u3ZX8w67IfQ==","share":"+gpvTD1dsWz2+zh/96B4D/1DsTrs7jLnW1u34BJuURk="}', '\xf3d01cb78297af08653716bd460306e5d31239a8aac3ff095940cceedffec7496c862135f548bcb24ea8daae8aff3bdb82581d100b32bb4e211a6fc6752b7207', NULL, '{"v":1,"type":"pairing-answer","pairing":"ef9de15c0a81c55355b5fa99075a2425","share":"OnUW65MgVqVtIChcNm+bBAGY6g9HcRAThr9dfnMmbXU=","associated":"MHNwYXJlLWtleS9wYWlyL3YxL0NQQUNFLVJJU1RSMjU1LVNIQTUxMi9kcmFmdC0yMQNuZXcgNGIyNGZjODIwZmE4MzUzYjBkN2JiMDVmMTc0MGM1YzEg4Eee/OHP62YQu+epLX7s+pkXIJGYSbdMCmTI+bnevZI+YWdlMXBjNW1qNWpneDV0dXBxOW12c3JscmcwaDhqcnF3MDQ4ODR3bDQ1d3UzbnJqdjR2Y3ozc3FzM3doamM=","tag":"bfMAzLAWnVt2nxWEE5915QqgT79NabuMOCQCJOsxkpNsy3evp0gPgKGATRr2CPFd3BNx2o7CDaWknAJgcr+PFw=="}', '{"v":1,"type":"pairing-key","pairing":"ef9de15c0a81c55355b5fa99075a2425","tag":"RiEK3FeRuShbordagsjf6RGHyuc5mZlVsnBCLn4o+09jT8nHMPj7d/wDXDde4JwdEve5TZh76tUO3XtfplUzag==","sealed":"tgZjwNJIF3bismpWUKZ+7iVEqz/LFMk7hlOsAdFZLFQbTzrvxJPx1nDPeIOx3EJQAUETlMhltC/apYqHUsyU//Ahya1OvLPa45B0eTHcHkxl+J+WI7ahYj8qJh9tbhN7FMnNHfdwYcMgtOy9hqLGb5LCYNtgsK2YBGMqil3uDAukzyKti8fVEmvznAKJ/uQyh+hmEUGb24I3RDAMNBHOr3dJelylsc2lIQu2WeL7riCwUTp1IzOicggdKZ194cbG3ZobuYRX4q+N51mQYdCw/JjosTf73MCu47ByC9XX4c5qNXfvQdOxOqcMenKrqaQLV6+QydGJnELtyC+hL/vN4BjSw2NyBpJPOk2AJ09pbiaRYFrNyWW/TCZ3FAbG8eAIbFQCyzRzp/GxnXQRNaxofqf2qkURBNzf8bOPxmScpN7Xv645knJm2F9M10QJiHQJE0nuNxgOohFeLSgC05BGc9oHnUYvG6sSWM0LLXXJyM9rijLv/0vPSrGje1bL2xsJFcoz6v2SaymcVhC43NcQ"}', '2026-11-30 03:57:07.032626+00', '2026-11-30 03:57:07.529733+00');
INSERT INTO public.restore_request VALUES ('33b5a2acbb29bd8920397fe93327a69c', 'f2f6f288edba5ba2dd36fbb1edc309d8', '8f64eb2ebd61c1c8209b4e44a9602116', '653d970d757405d7d2bf4694e85f29d0', '{"v":1,"type":"restore-request","origin":"http://localhost","organisation":"f2f6f288edba5ba2dd36fbb1edc309d8","user":"8f64eb2ebd61c1c8209b4e44a9602116","request":"33b5a2acbb29bd8920397fe93327a69c","backup":"653d970d757405d7d2bf4694e85f29d0","file_sha256":"da951f948ed22a46ba365416d190ae245a7a1b950ab3812d5b4589da16bd7e84","device":"8dbdd426d3f92d55d22d060377862174","sign":"pNSAa2H1Sr/mgXFl+hf4SzDeJXyxHzJD74M2IEKwy88=","recipient":"age1zqu247s7xgum8h2ldcuh8ccwphv8c3erp2ag8403tlk47hde3s7snjke9g","browser":"Chrome on Windows","made_at":"2026-11-30T03:57:08Z"}', '\x75df09fcb4f5a2c150b56b25d0195b6e4401dbff5b997ee055552fd47fe06635ea18ca1fa755fd25638d3922bc676919ffd51ed43ef0b90f85c659ea615ea60b', '8dbdd426d3f92d55d22d060377862174', '\xa4d4806b61f54abfe6817165fa17f84b30de257cb11f3243ef83362042b0cbcf', 'age1zqu247s7xgum8h2ldcuh8ccwphv8c3erp2ag8403tlk47hde3s7snjke9g', 'Firefox on Linux', '127.0.0.1', 'no_key', 'completed', 4, '2026-11-30 03:57:08.539663+00', '2026-12-03 03:57:09.112508+00', '2026-11-30 03:57:09.112505+00', '83891bbf57c32707f7203db49544083f', '', '{"v":1,"type":"restore-approval","origin":"http://localhost","organisation":"f2f6f288edba5ba2dd36fbb1edc309d8","user":"8f64eb2ebd61c1c8209b4e44a9602116","request":"33b5a2acbb29bd8920397fe93327a69c","backup":"653d970d757405d7d2bf4694e85f29d0","request_sha256":"df99706b7982410925540ed4a360c46ad840a2220672382c1d9291240846ad1e","sign":"pNSAa2H1Sr/mgXFl+hf4SzDeJXyxHzJD74M2IEKwy88=","recipient":"age1zqu247s7xgum8h2ldcuh8ccwphv8c3erp2ag8403tlk47hde3s7snjke9g","file_sha256":"da951f948ed22a46ba365416d190ae245a7a1b950ab3812d5b4589da16bd7e84","organisation_key":"dmf5uyfairwr26sqce74stvcf7j7zobv7t2niugezav2dxneukfq","wrapped_sha256":"124ba84e1b6f335570b21c6cd90585b46acac9c0355f723659394bb73aa6abe4","admin":"83891bbf57c32707f7203db49544083f","made_at":"2026-11-30T03:57:09Z","expires_at":"2026-12-03T03:57:08Z"}', '\x92a42dbb96dc8bf02b05b97044247ce8652629bda6d46e744c54c00dab10304938f3d98bf7d1dc045e813a9823fdb68cf23bebd94b3f8c39330e851fa51a4f00', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e205832353531392051544e49534766324a747972585141463468545231736556373163467a4c316e52346669624a7262646b4d0a7877666a6f595152356c57424373536b624e7050366c715a7173313542637865686d635545504d4c6c70490a2d3e2050662c6a267a2d6772656173650a374d646f6372562f70715648366a4d4e6e66444c61584d682f4336734a676e6158544c4a4b564572767846395337656163396e54722b3832764767385a5731750a4a6b35386d64346372516163456349676735514f64666d6b7a68692b647347534857366f705567424f444457785270466c410a2d2d2d20726e704437784238464e546c7576466567334658454955423770435754434e516f6e674f33584b4d6f2b6b0a09018aa8671c711d61f0bc738af5f7032f747c207d73e46fe0a6d840bcd057f0d374f682aecfac1f921b66bdf6ff5fe5d84606ff2a0ea7ebc452457e01110584998b8efa216238acda053acadde17be8b03d7a4ae9e127f86436697856febb2e899ab96475dba6c0f739337693d1356f9f3d36dd6af93a60fdf68e91e88d64f903bf735d1425560d0866b3da92f35b99baadaba44222b5d3a6deabe0fa765b117c821622c37bcb6621716d6c9e4785bf63c33a76f90d40eb90408a97a06f92d4763fa829c13a4fea0b8301fe582bd6db69bf73d8e2709db8e1835c82aca6d38f4a2a6b95b08422b699a47ab6e0bf9c634a4f42cb900c3f079d704daf53cad8a3a96152860c86fbda4f79f8727ed6119cbb394ba1fdaa683c4e8797022cc86b9c5693918a85a961ac2b341d6d3f25c4d8e4b37487f44ac6b07bf5879c7cd1b68083afaab561202e897e7e57ec6b91f8865948b9a89bb6a3127e0ccca0667f3627d90bdfac430ee4fbf2821efa32ca98b5a9a20b4aaa6ec3f225aadc1720c530a130ce58a4256d287acf8fc2e11f5d4e4d8ed9435a5eba03224bb0759061f08ee7133dc1234fc6a90cc67804780dec4b93af2a4478271aa820cfebcabb5abc22290ed08515c6536aa182a46294c8ecf9e78baf5ae9ffce68d8898925b6749e9ebf17ce8b0ab11cb936bd0d2466bbc74eb8b05e5021c206a909de241d6005591d649c4d66ca38086139d720dce3cc07aafeb52d86d7d9b84cc582215ba8d45288cf0f7d3a03dc43d3ed711fee6a9f3cc2c4f4e2898da650a0e40d41273c1458e9bb693fd6a130239901bdbef176add3d9d9492162ceee6a74e8977b06dad29749454c72dfd56b45f150b0004b625636bf8316ab8f2202fee201565b3aec2b26e2c2de330c23cd41174a28bf0f6295b81acce32419b806e8be5661ee643d9f013f611190e6e928c1fd7f72cd10253028e26aaa0dab3c07aa9d9bfc3c2cd665c929defbfe6f3cd4b1ceddb37a31accda499e420555fa452a43fd689f731a101bee9be441f084d4b6af6e2294f9ad97436fa1208860f399a5e91fe87f8ca1b7fbf1d958e775d0720ddef9facfd0f2d0e6e805c09c5095181cd237586f33ffe83d7c1af78cf81497dc82d4cb30e48a2d88caa123be54ef6a8bea26714a762ea3ccbe285974f3d665019eee6c1382a5ea55e128eb40bb7ecbe77810770e2cd09cc4d648abee303d5ebf903516037f25235e604a5c3ce4733358488f933ee1e8978410eb5e2b36b311f52c425c9761c7835fa1864fd6bd2045ea3bb68c927c2ab3e0e808516ab45b26a099fa83814b21bbeb6edf93aa51c1c6c3d5b851d8f8a89034058de7a03940139d822c00fe8506c4ea8f90087a5fd4f1bb94a7c605f16338269546516f1704f0a0670ae355042c3c1487641c746208cbc99a413eb0c6535917162747bed476af25dffb075b41b3307666c164347dfd1133a45df6c339ca4346d048301d0420d4d183861d7b80c2d52f2c472dd6dd9316f9bf7fdd9aff5624a5d994bf01c427e5d70194febdac20cd60515f42d8e6dec2b78d09254d294f0bf7d039a4c3fe60812c25e08c7ddfc2a5d07f61219e999b076acc79295aebf1d1f5bf5222f1737d0c0171d26c0706f471a56e106bf0f8964b8fc2ef8f93e4d7245f8f0ccbad16768861666531d4959d8f1dd2ce46e29516ed1f36e682c0118016a32edcb234e5d0be6414dbca1b334dc11544820c9bc75bc45db69de438b52134a271698bb7fb749b9c414ede36592dfeb409043957e75d6a484dc3540f68e02bb533ccd0f74c8c3e9849a7d04b4f6f44ec5e22140302c6edbc0ea72f341bccc0e659ad257c141b6f914a55c4b0dd7a98d977a3725c992725e35f7809c8c91e6f31dddcc5c14f46ec67b6fe34d511b7a1f4c8509a97caedf85679afa2cb2dd434b32b826751684aed21945761689f228e567ef090434acb44e23e97f89d2e94db363be2e0313e3f427929d07cf0765532747457bdfc685eb68e82bf06ee8b109ad590cca4937a43c6399b9c4c7da3053036af452987daf775e4a785d26d874c7eaede65127368825362acea3e12e746b621cafa5b460d23a7ab3403c02a3311aee6c4ea21dd451980eb05ffb89869ab4f91687bd34', '2026-11-30 03:57:09.161899+00', '2026-11-30 03:57:09.373701+00', '08e0f49ea6cdefdd43978880b1b382e65692bc9ec78310aa2eb77a4aa4fed951', NULL, 24, '2026-11-30 03:57:09.112508+00', NULL, '');
INSERT INTO public.second_factor VALUES ('690589c5d544afa0d3a7c86db3774dc9', 'worthless-2026:gAAAAABrDPQWy4TIswE0TDOKhmspR0kzTrJQy3_WfqwreKBH2GvNcOXGk3gdxbfzbcugDib3GZvPq_FAZySUkelnv-Ai_vtDh6hfI9fVTwsHom2QurOvjevlOIobu-H2SZO3TBvaWMbgobOwnbiAME0z8Sz9HySgbdmL_pEZc1zTRKFIZ0IX6yMKAdQu5cVUL2Wr7CfU2w1C', '320d84535d6d7fcad8114d78eabc22ae66ef86154113f071681a337ae39d3b1c', '2026-11-30 03:57:10.219421+00', '2026-11-30 03:57:10.8698+00', 59867034);
INSERT INTO public.sign_in VALUES ('fc97cee5712d57424fcd0cf25e6937bd665af675042261115b81b7ac36381b7a', '8f64eb2ebd61c1c8209b4e44a9602116', 2, 'Firefox on Linux', '127.0.0.1', '2026-11-30 03:57:07.750177+00', '2026-11-30 03:57:07.75018+00', NULL, '2026-11-30 03:57:09.433038+00', '8dbdd426d3f92d55d22d060377862174', '4b4e1877ac003a87ea51e96fd7ce430fe335adb85db05d48bad85bc7013885ed', NULL, NULL, '8dbdd426d3f92d55d22d060377862174', NULL);
INSERT INTO public.sign_in VALUES ('6df1ae7ea365221d10b257e83c3e360b6db321831a98492b0c7a7cac2aa356d2', '83891bbf57c32707f7203db49544083f', 1, 'Firefox on Linux', '127.0.0.1', '2026-11-30 03:57:01.301916+00', '2026-11-30 03:57:01.301919+00', NULL, '2026-11-30 03:57:01.594639+00', '7744c332181f5f23bfef1b010a156c3d', '0f493eb006a73881c06726f0e9cf0e4e734f9fd75a851ad3fa70a29ce74e540a', NULL, NULL, '7744c332181f5f23bfef1b010a156c3d', NULL);
INSERT INTO public.sign_in VALUES ('3c7945c8c6cf6b5058d7234c572626c46b3f37e1f619fb8ba30a796aada60306', '690589c5d544afa0d3a7c86db3774dc9', 1, 'Firefox on Linux', '127.0.0.1', '2026-11-30 03:57:02.510831+00', '2026-11-30 03:57:02.510833+00', NULL, '2026-11-30 03:57:02.684141+00', '542305bac624ca75a2f09c2e8520cf93', '2889d21db85769b266f70abb9e11861e7f8b6ecfe5b3407ce77863593012e4f6', NULL, NULL, '542305bac624ca75a2f09c2e8520cf93', NULL);
INSERT INTO public.sign_in VALUES ('93ab4d0503ce944bc9bc424c2655093cd001e2dbd81086c8041284d08b609bdb', '8f64eb2ebd61c1c8209b4e44a9602116', 1, 'Firefox on Linux', '127.0.0.1', '2026-11-30 03:57:04.092513+00', '2026-11-30 03:57:04.092515+00', NULL, '2026-11-30 03:57:04.370809+00', '8e1eeb8ba639049bd2763fcf9ddaf84f', 'efb1912a684a64289c32e1fdb1fbb26a64db54531e61fd910c9d74dd848ed330', NULL, NULL, '8e1eeb8ba639049bd2763fcf9ddaf84f', NULL);
INSERT INTO public.sign_in VALUES ('320d84535d6d7fcad8114d78eabc22ae66ef86154113f071681a337ae39d3b1c', '690589c5d544afa0d3a7c86db3774dc9', 2, 'A browser', '127.0.0.1', '2026-11-30 03:57:09.920914+00', '2026-11-30 03:57:09.920919+00', NULL, NULL, NULL, '8b1c885ed451545da6635663cf43bab370085564b2f9855f15f65ff06a91ca7c', NULL, '2026-11-30 03:57:10.198283+00', NULL, '2026-11-30 03:57:10.878198+00');
INSERT INTO public.sign_in VALUES ('8c194b80b74394395cc0094cf2a86479dc5e7db3e3be2a15bdc1eca6fb24e352', 'c00050166e470583206862bd23f73f66', 1, 'Firefox on Linux', '127.0.0.1', '2026-11-30 03:57:02.87117+00', '2026-11-30 03:57:02.871172+00', NULL, '2026-11-30 03:57:06.091866+00', 'eae93bf355afe2c1c3a0e8e370211b8d', '90f9aedd6258c75359a6ef2eb1d6ee00344519e8a8dd800ff80773626d26ca6d', NULL, NULL, 'eae93bf355afe2c1c3a0e8e370211b8d', NULL);
INSERT INTO public.sign_in VALUES ('b78ebe7b5f68411180cb57f04b6aac4453d7d923ef22d22c92c281f91174390f', 'c00050166e470583206862bd23f73f66', 1, 'Firefox on Linux', '127.0.0.1', '2026-11-30 03:57:05.873866+00', '2026-11-30 03:57:05.87387+00', NULL, '2026-11-30 03:57:07.550671+00', '4b24fc820fa8353b0d7bb05f1740c5c1', 'ed5a607222a59b1f05864c8cb57bb90d1d2310cec18ed5de0cfa6b8351125410', NULL, NULL, '4b24fc820fa8353b0d7bb05f1740c5c1', NULL);
INSERT INTO public.tab_key VALUES ('c0c787518dc5505ac42e6fdc38178b7a', '6df1ae7ea365221d10b257e83c3e360b6db321831a98492b0c7a7cac2aa356d2', '7744c332181f5f23bfef1b010a156c3d', '', '2026-11-30 03:57:01.60126+00');
INSERT INTO public.tab_key VALUES ('48ac2a402c43264f81665154d7ffc34e', '3c7945c8c6cf6b5058d7234c572626c46b3f37e1f619fb8ba30a796aada60306', '542305bac624ca75a2f09c2e8520cf93', '', '2026-11-30 03:57:02.686297+00');
INSERT INTO public.tab_key VALUES ('045511f468402aa13d3536ede1755f49', 'b78ebe7b5f68411180cb57f04b6aac4453d7d923ef22d22c92c281f91174390f', '4b24fc820fa8353b0d7bb05f1740c5c1', '', '2026-11-30 03:57:07.574514+00');
INSERT INTO public.tab_key VALUES ('9de516b853d38e851e21c7c91346fdf4', 'fc97cee5712d57424fcd0cf25e6937bd665af675042261115b81b7ac36381b7a', '8dbdd426d3f92d55d22d060377862174', '', '2026-11-30 03:57:09.433714+00');
INSERT INTO public.throttle_bucket VALUES ('challenges:af6a724f4335a26756806fdaf23206d3cd2809e485871ad5c9ec5cdfbd2ea1ab', 114.953294, '2026-11-30 03:57:09.614429+00');
INSERT INTO public.throttle_bucket VALUES ('challenges:708c5140e0b9fa95614e927fcc1949a228e673d4dc8384e6062d3839924b2f69', 119, '2026-11-30 03:57:02.641341+00');
INSERT INTO public.throttle_bucket VALUES ('backups:9a2507712adba711e03b92b8f4c295090bcedd480ae0e5fad4e17454532b09c5', 18.002639984444443, '2026-11-30 03:57:09.655782+00');
INSERT INTO public.throttle_bucket VALUES ('backups:3937df99071cf1ce6b6483f98f6f38a9f1a7bf1a476277d53d71f809439f8cdc', 19, '2026-11-30 03:57:03.755722+00');
INSERT INTO public.throttle_bucket VALUES ('join-address:12ca17b49af2289436f303e0166030a21e525d266e209267433801a8fd4071a0', 26.045854266666666, '2026-11-30 03:57:03.964423+00');
INSERT INTO public.throttle_bucket VALUES ('challenges:197cb7166a1cfd0bb420910c1479fba4250c0479f92a5edd9ea472d1abea8c4b', 113.37834199999999, '2026-11-30 03:57:04.998282+00');
INSERT INTO public.throttle_bucket VALUES ('challenges:fe03301697cc5b99703f8789abad1eeec8ab4284e144f0497b5df66fdd422e8f', 119, '2026-11-30 03:57:05.446059+00');
INSERT INTO public.throttle_bucket VALUES ('sign-in-account:1763c758c09a8e6db400562ecd27c5f6ef6d3cefb5c88c0164adf2e4d79802c1', 9, '2026-11-30 03:57:05.755091+00');
INSERT INTO public.throttle_bucket VALUES ('pairings:3937df99071cf1ce6b6483f98f6f38a9f1a7bf1a476277d53d71f809439f8cdc', 9, '2026-11-30 03:57:06.006767+00');
INSERT INTO public.throttle_bucket VALUES ('challenges:13547398b1fd6a1cff2205d4b8f528cd70983652daa4083e76f1732501d717e7', 115.073004, '2026-11-30 03:57:06.989959+00');
INSERT INTO public.throttle_bucket VALUES ('challenges:00d50c1de3eda39469ac6be966fe48f886c392d61ce6e516a2968be6387b61d3', 117.288936, '2026-11-30 03:57:07.430928+00');
INSERT INTO public.throttle_bucket VALUES ('sign-in-account:2185f8d9db3e25555b813ec60e4873cc5452aa80dc94ef6fd231b751c8c8dd25', 9, '2026-11-30 03:57:07.631727+00');
INSERT INTO public.throttle_bucket VALUES ('restore-requests:9a2507712adba711e03b92b8f4c295090bcedd480ae0e5fad4e17454532b09c5', 5, '2026-11-30 03:57:08.509689+00');
INSERT INTO public.throttle_bucket VALUES ('sign-in-address:12ca17b49af2289436f303e0166030a21e525d266e209267433801a8fd4071a0', 46.21162555, '2026-11-30 03:57:09.979582+00');
INSERT INTO public.throttle_bucket VALUES ('sign-in-account:686b5e4cf4f963adf8f51468a48028ef8d15bd02fa335f821279a3d1678c9615', 8.001919866666666, '2026-11-30 03:57:10.005319+00');
INSERT INTO public.undo VALUES ('98c5d9f8c66cd1c1d77a6ed3dec0e13e', '8f64eb2ebd61c1c8209b4e44a9602116', 'cloud_backup', 1, 2, 1, '33b5a2acbb29bd8920397fe93327a69c', '2026-11-30 03:57:09.416098+00', '2026-12-07 03:57:09.411579+00', NULL, '2026-11-30 03:57:04.480524+00', '\x54384f48e17bceff8d51199ac5dbec9c619df2f58920cd45f8faab0dbd2f80f7', NULL);
INSERT INTO public.user_account VALUES ('83891bbf57c32707f7203db49544083f', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'olga@example.org', 'Olga', 'owner', '$argon2id$v=19$m=19456,t=2,p=1$nSXvc+0obs2BAfXG38jDcQ$2iBE3tp9Bct4jUJZoj3eQl5Yu6mWfcKp6qEvPMsFsVo', 1, 1, 1, NULL, NULL, NULL, '2026-11-30 03:57:01.270242+00', NULL, NULL, NULL, '', '', 0, NULL, NULL, '\xc740a3901e727700f68dc63e3301d27b78700e07ef437663d99069c2ff9117ba', NULL, NULL);
INSERT INTO public.user_account VALUES ('c00050166e470583206862bd23f73f66', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'zoe@example.org', 'Zoë', 'member', '$argon2id$v=19$m=19456,t=2,p=1$SyA6rdZz9AVtiR6yvZ3nWA$6CNY9/Ip6unSHqIRLZXcJjsf1CPsQ09xFH7odjTxSHM', 1, 1, 1, '2026-11-30 03:57:03.222487+00', '2026-11-30 03:57:03.604093+00', 'fgtjaqewgl4sd3i4lubjpe633pkc2jp2ouvgf2j47nau7eerdurq', '2026-11-30 03:57:02.860619+00', NULL, NULL, NULL, '', '', 0, NULL, NULL, '\x23fe75d3166d91e963413bbb0de2f8ba9b1383a67b2176b97a5b19c86c0a48d6', NULL, NULL);
INSERT INTO public.user_account VALUES ('8f64eb2ebd61c1c8209b4e44a9602116', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'mia@example.org', 'Mia', 'member', '$argon2id$v=19$m=19456,t=2,p=1$Pa8mKixaALd9uNNkU9MHAQ$kJXGXZ8XjLC2k/hviP/Com5pWa3CY4pPaoB1EW2zYq0', 2, 2, 2, NULL, '2026-11-30 03:57:09.568903+00', 'dmf5uyfairwr26sqce74stvcf7j7zobv7t2niugezav2dxneukfq', '2026-11-30 03:57:04.069905+00', NULL, NULL, NULL, '', '', 0, NULL, NULL, '\xb0904754c91e1a722bf89cbfeb6dbe65be4b47e81335834aa93920cea01c294a', NULL, NULL);
INSERT INTO public.user_account VALUES ('690589c5d544afa0d3a7c86db3774dc9', 'f2f6f288edba5ba2dd36fbb1edc309d8', 'bob@example.org', 'Bob', 'admin', '$argon2id$v=19$m=19456,t=2,p=1$w8mj2GlhjMVhHEX4oSx9Pg$SIt44q8w9HYMe87qUGwZ/mP83bfRJJc9G6QomiWwKzw', 2, 1, 1, NULL, NULL, NULL, '2026-11-30 03:57:02.491701+00', NULL, NULL, NULL, '', '', 0, NULL, NULL, '\x6309b1d0b7b1abcc72cb6bb55492da78b98f7da7fad84912567653e069c1df2c', NULL, NULL);
INSERT INTO public.vault VALUES ('83891bbf57c32707f7203db49544083f', 1, '\xf787b23ec9f2362f057ed332fbb09357f36f8e9f97fa02d4691fad0609dce3ca', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139204b53337163512b4c4164367470312b4f76304e436d62774974756a4264526f576b4e75492f4447322b564d0a68757941712b68797447594e4c4a7a46745855506d2b474f674f654a44346741355646476b6834686638550a2d3e20583235353139206b7937416c74634d655439473674746c6f6f6156537a3063787a7474714a6c4e3244626c577733537a6c340a696a39564d43415448746b54696e6c634568526850514a355843306f745143412f37476e5a56304d4945590a2d3e206e3d6d682b2c65262d6772656173650a55664c3357774144317044535565514b6c34510a2d2d2d20384367627a465a50315775476d71696e4a38422f55656e306d6d7148792b586844627970752f4a424148770a3bb48de6a40c9e69f136e6980d73836333673df18eb07a8d18bcf1082a954795e8750b09501f696dd6de92283045c28db80689113d7836661182a732848d82413659c600c9bc3d9077d330b63f4229f3d6fcdd4a1ea84c88537f35890d09005fe9ba1b4e0fe60b6341c4d3393ee2a7ef044338a845f177ba06ee6147586047b052ef2eb22b0debd30ba5d43ae84f3f7a1944e80448387443e135c7f7dde512026debb0d571ed88ecbc684d9e17b2fa6e33fcdcd0e8a838274cd8c5873167b4c3e492f15366d633413f3c5ff4df88ea0433394957ad37caf2ba28acdfc3aed1779ca018261dab2f274081ef8d1201fe984eb1414fea88d12426d914c63a8bc7bbebd74c3b2e33197c7d8590702c121c0cbfbb8c75977fedb9bafc7d0a1ef5f2a3e72eecadb5e4759c5c3da8a385a71fe43172184c325a45be5efe0fadb38f746c703861e15ef7c9ee3562138a48a00c99662dac20eceaa368740b6f5715f2f3603940edfcbe0c5f4700e5abd3443fe375f9372d908b89ce8294218344d1c330f89d19825efd4df911c3cd251f8eac493e96f25737d6b354b62b7f1e00e2d79ea5f6e1ec63bcf278980bcd5a7f540bcdc1c6a6f7a66ce131ac9e2e5075e9c608ecc6a9b26fc64543e34837c46934992048d7661eff7b3888ab07a8d73be0ed5c20c4791856cf3945be1d996778e855407e1b7aa9393b8219cdbce7693fe3d959e9bfe94ff95ae49f650b52132ef663026346072a1a12d9bf04de3e068ff1803355d8759bcc7c690a8651296c01c44548824662bc544281bdae69fb63743214f5d85ac389913182c9c0c1271b050e3265d9628d74d71e6a6421aa26306dc3f0b65092328634197a5e30c8332a4886f0a916769e249e2bcf84a58d442f6990f983fcc736113e491373cdac72ca6d357ed83cfcad71ffb991461548d7c62d059470fd5792c8fa70003ead5f5f4d1be3a57edecde3a5bfa02084987e75e682933813939f6df46e9522d5ac1b37f276bf4ed6615469cc4dbb83bbaedbb44bed3c3f2e53ce4c3226236d32dbe3a217', '255a16342e1cf0e59bf9b0df9f96f78769563ff873fb7c6e8aa1fdf4cf7bb623', 1052, 0, 1, '7744c332181f5f23bfef1b010a156c3d', '2026-11-30 03:57:01.594354+00', '2026-11-30 03:57:01.599336+00', NULL);
INSERT INTO public.vault VALUES ('690589c5d544afa0d3a7c86db3774dc9', 1, '\x4393f56d414d187f22a9ee22ae9ac4bf1314ac18599fa7fd3ba54ea423e4e185', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e2058323535313920736947485a476c5435424469654b2b366a55305a32476337507a7744555767444845776546544b502f54730a6638376a656d6b614a464e337339424d31735556714d34497658686d3867414d2b334d615a644c487739300a2d3e205832353531392066676f6c446e506d664b4d7831466e583141776f6e4966774d49707876497a4832414b4977394e747a48770a613965596b695461626636597443596e54442b62467661724565487374656274772b326e557048794f42630a2d3e20352d677265617365205034484b4e7b2039525a654e414120383a3b2f380a62685052436a303931626761765a665569477a4e5463796b7049364d63637977307267387133302b5142446147574e2f42595561746467555a304d2b354651710a332f2b75436a39376264694e4b596b75336e2f41353944426c454e61357046684a61304d316f510a2d2d2d20325579696978455868734d726763374d68667556345952796a4369744d6b6d68396a412f485a3230742f510a6c715817a1fbd74d2d464d8588ec7a46ae286a2a7230cbfb3213bf69f5e4b0edff9d704fb6d87cd73e730b063439baced6fdaa433b51c24d8e2e4b6e9d13f51b3682dcc829b1de4c45e88fbfdcdf4ac14e4213e3fff93f6c7ed8b19498916d7982655d6df6530399a4b99430f24f237f1010d60ad220d3ea86b7d6a342258aed08722501dfecb36c38174cae937e226ae56fb4a8272091efbf26c4fa46ae3a05d1c140bc25fc8a50f1d445fc68215a4833ae2c4e89c3d79ed0b8cb4b4ef65507bb3984b2c020172b85308275e16b513652f5805163826d79b89d37f35a451ddee30f2b15f7a644ea0cb41db46bc3422800ba29577c89c291d26f6d5c842d9e1b3fd94d251a8a495c841ed8848fc2658e845c1d06323037fa1aeb64b2dd0d347cd98153ac2ae9ebe83c21f8b8e019820fddcbc8dd098d094d20509a270b3c2ad03549334f78d78923b41a1273d179be1a5e4418f007a31913add98f364ca4400b30cdb960341f46a6f5ecb695fec6749782bd087dcf8c1fad8840c876e1f97bc4b84d686e17d60187f77e587e25c3628ec006ef971edbb9f0c0b0bea1ccb848b860d8e53259c05a0e81d0025aeef64d637fe191ad302d9219f039a4af3010b3134735e28636436a3b449c8c837ea7c5d3c08a0212c38a36512616ad367515fdca3318a5dbc9b513840c0de3b651599f573761d814bd7b20841f36c43cbcb40d425ce804bd3b2405b8a31e6245567c3fde6a95579febaa4d62a65b81f888edf4abed7cf37ab11216c0d116f02c3a9b68df4bb2c0eb5e5c708ad48ae84abbf549ad676a2ee96649c4e4ca9c6fa16fff7aec0281ade572ae93829f74461a38a5afbbca78a52f6492d03268a21264be0d82d8c2c08c175d448391319185c6654bcb1121d2bc9fa3626a4f77ef6046554d304e2805729604af387ab2cb86cb88a0e1afd93983384ec54d8d429b70f168a4297e86c887453ee2d74fb087c9b2fd07d7aaa286ece3d5d6e3a3ba7225e9c45db0316648a00e59acbd439258ca791e312051afdde5b139212b7f7da7fb51bf', '7e587e6a10f3ec63e89450d0714c517a58cbd924c04030ccb1fdf16f7d09b46d', 1153, 0, 1, '542305bac624ca75a2f09c2e8520cf93', '2026-11-30 03:57:02.683824+00', '2026-11-30 03:57:02.685212+00', NULL);
INSERT INTO public.vault VALUES ('c00050166e470583206862bd23f73f66', 1, '\x5036fc927b216d346b14ec9baeaf52b19f5fbcab150b5baa7f06e598afc1047d', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139207264486d38642f3257666d56647a5148656646456b4c437937685072624333763544445746684f742b6c450a54694b376c4c4737635473447478734d71677467314e5741414b6763707a475638797a41535174455578670a2d3e20583235353139207a7a644933786967307171345535663463524e695563673278316a7952346132333468524f4d36766c79550a654b4a78653254616d7976663934426766322b566a53672b4b616c6934704d67766e647257474138612f550a2d3e205e6c2f2a2c733c2d67726561736520432e7621616d3720550a666a4233376750336565736942687463576c36313333524c3347595752382f712f2f412f7a41424c6b676e576237436e613552657642745772356d4e75744e4b0a785472784e6c46634c37767a57315970714d7054722f704a304c5463635870743062337349492b706f5759452b65526b35386d6d736f4b510a2d2d2d204447636757325066365365314a5159357367412f3170674c3733513930447953625650684b63654c6877550a03a7698c99561bef26b5f192f60efb8cbb94c039174fc45d2b4ee2b85ed662bd906a16f8f0f1a02808ea44d3482cd97a7508a2c827cb02a8c89cdb8fbbc5e1aeb839a4fd574b8d2449d986f5314366660c33aa85cdfe1ea1df78d421b3a29176ed1c110fb6d39981f8c71fa24801ca1fba2365ff883d82ada453ed58cb5eb5c77818a8e99f2cc4dba6b5aaee3891af5de7f00204d62514445ac1864624f4b6c6e3d5ed830f303488ea18c356414dc85c21dbca0f84f61490420d8fcd2f54d465b5626053fc5ef98507aff06b819b4cf689dfec26097144b9432c91f9531510a40b94866b31d65e1ca6449b5be7e59a8e4d5c689cc0df6e5b57188385ea9cb886455f77f554f8b7292b3056e8f5a329aec35ab465e400974656c087096c028838958eefbfb3ff4020b53778da60c43d3f9351c324147677493086e53b576852728099ec9cb8232a320d64bdad206d72c22a0548a895f197ced4824a65c021fa12a971e7b5d189a940632c605422375bc9961b1b83ecce63fdcca889fafb29d8e8828e4816cd70ba4588adf437853458907ff239b44e636ca8c3eb25750b33104010bca165c61d23bab5483d62f101ae512f62d96e5509dc000acffdbbc90646e520a93d0f4373d3ac5e02f433371d3fa5a4475da7adfe6372d58febddf29447df951e83245fb783c9e46b9bfcbe9224e43c73b481f276de448f3476b01ae8337972b9ee66817e2a5e7377dcf85324c10fe5507fbddf73f593fd91c9cbc4c34e48cd5df69cde71ebe9ad1277e90bd7378a9600bf39f19c004b1202f350c6803c02e9a30e6e119a06839adf5d402223bcd9549e52b213d1aa78e8442b691101a4094b9e7f5fbc133eaa3c45650cfc7e38c9c728f3829080608a7424addd913bfd3c238a5c4bfb2d16780483a572bc17db66c6332ae0e2ba5fff863f9327ceef6d8d55a844d2aaab0d423db0ee518b896587e521d72f4d88c0dcd4600558505ebcae69f5a3f63d915bb186d2a44d94c70955bf7b9602bc40a5b8d46e27487918ae0511bf0a451bac40cb82d723f1a9150fc7b07e62071a2af822becca1797c9d278c73bfeb427a145e3967f373dd540f62fe3c18d7447b199fc6bce42fbae5e48a9add36a37b21f28bb52fb66de9d13dd780b6ebd686a81fdf873033e0536d7facaf4214e50a7feac0485b2f90adf5bcb0aab70928ec70ce57571907b85cd429bd5f8d7889fef76783d5c9e4a5392a0ab30bcae6a2c125a53c693b88bb0029da6ce7f3ab906635dea9d2d99e0e342c507d8e3060da3470285c30e692c0109c92a2b22b84d7719415d1fd5a577ab8941851881a77f90a02356149333fed1c728bba5d9bb25d9673d3f628b5f97f111404968e2eea2ed8425cf76bba921be38a3c8c5bf04f17ae80adc6e8bf483a2f61fc47083745263646bf017df3eb54485a9791406f5034475d06b0f5ec2aedfa98423d93483971ba638c17950024d0', 'aa6b7d86030904337be34cd062d0775f0a8e07966e4228a1aa34a080dc403a81', 1467, 2, 6, 'eae93bf355afe2c1c3a0e8e370211b8d', '2026-11-30 03:57:07.040719+00', '2026-11-30 03:57:03.076334+00', NULL);
INSERT INTO public.vault VALUES ('8f64eb2ebd61c1c8209b4e44a9602116', 1, '\x0c255b0f7b606216a6af8a8497bf37bfb1fc9651461c1ca1fa13426bc0d14742', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e2058323535313920733659456f73495341385a5a7447443666424a6b6e4c374272764c5445747a744531754b4e4a4c527947630a7a5a48556854352b563667644d7063676d4c3436686c372f4756327067456e74354e493971354b4651414d0a2d3e2058323535313920455932506a2f443653744941586a54634f734a6b2b4239412b484652625764596f736e4e4736365065486b0a4f73736a2f6d75767753786a4e4a597a4f48515432746b52385a387956544144753867514f71696f5065380a2d3e202e2d2d677265617365206e362c6954207345613c49366f0a6a2b336b2b70334e6e4668656e4a6d505a3674333975462f744555416268346d794a51636c3231646a547132725a4369363569336438624f4d596f75514e4d540a6374663552356d556b73447372744c3750675549597a3369575772756f664e4251374174785765494448557576416a37756d50797a636779316f665855510a2d2d2d20643744314f6376314f455452424e41464732692b77505138704d6a7a5172625155314643384b57624449770aa05f78e4bded0a823969f851613ae0f48d2385741352c19e9c73c5a9c6f9ef34e76721007821a011fb0d774a5c2cf4cc4b7ccbbdb85fc346851080143dd00dabcecf765c4815e53cc3c4354e5a76f7a1691ad4421f6df8bf61a96f69b36e06fbc99d0e2f5a00d65c13a9f6a8c33d19ef8d8f883c0f79e3f6a8fe5c834c99621509ffbf0ef9654ebd4129e0ef24f730f33986cb04bea8ca96a2858cfbbc0282f135879ef016643056307ae6c5a60c82854572c08e28b81334ac180cfb46eecfcdcb5a4beb1621e4d57c60bc53cd591a1500b4d5b261226203178cdd62b0ad6068817d07d74a746936cd5f564efc7f723a27df5c87314e44ffc1ac76453fe65d6dc9f6a17b9a497335fd0eb31ac59c16b01268820dd4c87f42399bdf042683794fdff31de34822588302cfc1ada4cbc2e4fae4ccf3bd869e7f6e1eeb2c7600429b06c9db6b77fb2d46b2dec75f38edcabda79949fb7e05670689af70abec7cf2a81dfbc99aef84888b4e0862fea31409248e1530337704ffd7c3c1d1819577bd5214f39cf8abef7fb6c88da4255b64920c72ee61f5ab657463457bd83a666a3fb82265a074ca85fd334849e0eec1ef821a69e13bfbcca27da1eb17c1dc3386b7447d86163b03ad253b0abf97b314c5e1b08daa7c5c12cc669ed2d3851e06341ba3303053e5f953f884e42f0cb9d161721ad146a548e1448acaee3107a36dcd1e3cf2d8b6e46ac4bb631f0df01b4f9680d3ea115e56ec874b7bdb53a9c659f381452a0ae111a9dd49a210a443724766e3e4476700861653dc12140bd0dd488a8fca3a21fffaa1f049b2735d7623f61a405343e12bbfd5c027e81a57775c483ab65ebfaebf605f0ace254c95c1b353eeb6dea004895eaee888b89202d56a707a9471bea33eb4b14eb9cb6f6210fd9e00170a6bfddaac06e6511cc56271d0468a12ef21bbc8d6565e23c8e896d9a56ebc3cf3d33e2faae6c4fa564ed3f5bb0bf25edf32aa4b068466d6f946917645030b8a49e5badea4f4854f874a1268fd1e0f0dee7983de6d389b87bbdf95cb3f9be248bf5945916e95a9ca10e536775a0142fbef2b4bb959245899086cb6850f93ec123ba20b0a139bcdc90ee4dcbc8eeb7108464dd35b9cbb00c53fe6db2f0e37e090001a9b890d21c9ff68813ea185c9e7c197d1d9b1bffdba35dd1b40dfede35cb9b65e01ad26ed68deb2ef6d0c8cb769f3149cbdc0724148e1c5dd14f17a7f897fc0d39bbbe5f12898556a4220507b45ecd75decef10bc5f3452f64481391c58dc8c0ee795be77183ecf23636aeb', 'c6ccb57ddf76db9420b9c6a23d689a10bdeaf407552594288f7b158f3eb057c5', 1345, 2, 5, '8e1eeb8ba639049bd2763fcf9ddaf84f', '2026-11-30 03:57:05.148127+00', '2026-11-30 03:57:04.376023+00', '2026-11-30 03:57:09.425382+00');
INSERT INTO public.vault VALUES ('8f64eb2ebd61c1c8209b4e44a9602116', 2, '\xcebd839e069a3b6902f2d2a5982ac931cd1a6fb8d4885b98c83dbedfe740f4da', '\x6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139203375384b314d525463495478762b626a70665164582b6a355363622b6c7a617450414a64447959414d46550a6d4477484e58743730494b72682f627a7746435152394f2f3836316c3132484b7369345876797141526d490a2d3e2058323535313920474a6b34697668753155745973447848374b2f65786662494c6d344579776e2b4d554270593571416343300a766249413258347449467a67696d3341582f4556506a41695873654a62417a7a376a3170393577715771410a2d3e203962262159265c2d677265617365203950204a6d6c206c545925296f675b0a5a5134626d684c58453633474c61527976494742586448437a47716c7159536852454a42705254445735734f4771702f53453466475574626c6a335374715a570a41656957715279786937333669584e3156344243313747516d722b63462b4867567842324f510a2d2d2d20466c6c38535274476b6363677455546a6e462f6f504f4a77554e6b3871693177536b42776d666a5678466b0a219836c608a4e88a34a50d72f00eb1032030c49047ba415519414461cae76fc88bb5fe19fc9b596bb8961be862e88734ea03cc776fcf44b152542990865cf7ac1f3c8e6f05fc502f34dfdc5341a21b8bbfb0ec153333f87bad00d00d5fc6e578bf2d3e15a4332bc735680f130e2948382d9b0073ab1e1d61a682c69de2797d07c3295d764f58d9238d95e69d248ac21f747e973507607865ee55f640f5bbf22e615bc4db1e88bbf50ef90a0fe97bb6d12e76e60e8901be6c20d4c146ab5299a0c3e4b7222d579f98bd3a9fcb5f50c7deac2a3fd355f45a041f9e12ac08722f625cbe0c4269e732c8837b91350bbf71553d3eb5d5231699c0a89a6f4a1d77a22ec87a91d3a06c7bc63ff88e2236e1893471b47c9a96ea36c09fee1e5522064db93ad00110742e9d6d8c3307a8ab10530c135264bd1d245670e70a792f7b1eb5828e04e401a9cdb5a91003daa3d7f6b2fe218d5b860320ce7cca7ace06a8ab57f4a08b71c00d939ad0955a4bbed8c0ab93e74ba5de16a353ec865e3f283f7a516d8a122a6988a7eb8a21e280f747734ebcf614d1d3ab39fbfe70d677648a93b33c48bd370122d8c329999ebc030e58afc90d03afd14ff88c48bfb095bf3851655109af935a960e455b873372dcea58f636b08da7f1d69cbf8ecb63d136f065f34adde6b05fe822ae29bf6de558c48378eae812e0ad3de67121922b3b02c502e11465186e1945c87050a1fcc313c3fce588fe4f8b9e4506a35d8e26717a49b59a92f046bef75e4781431d654eb852bd76487d7c36cc658062530502866eee9833fc935e8ee971ff677785822429505121643f5afcb1615ac28bdfc7bb21e98e38f317e7981922cc6c44365ce1d7fade9c7f187d3fcde5c1a04765e817aa07898846c83cc90b4b0168167481bb585a8dd967fa55b27ed92078c909abdf4ca700c5941db809be58dc6c672872c66d0be3d264614f08220cdcaa1f6c591bf5629aabd762ce403f9b0048ac84c190dbc1dfbbf7626b9369ad853564b93f3b264e1d1ab42c91c7694cb706581f9236fb8951be8c8e5f7b2dd09630cf681207d1b859cfeed1329cf338aeaeac686544c4fa9c831fba9834fadc242164606bb13705019b7eb665c9f8bacdc5f432bb7b962b844c8cb01866fa4c59ec022142b45b976186e7b121748263ee93d63865893df138eb385365efe6621b4255a04dca1a99b9a33c57aed944eb7ed389dbc81a26cf8e97e9cfd8ed733de7ef7e9717277c25ffd4716498f5b2adb6aec77608ed79ea323781e2480c3bc2d7d4c19feecb586f1293c2fe02f51d9a8792a050b1924e2bd413da5ed23fc2703d1c02f86f95e2e51d942d8ad07e95d8cd775528391b991ac8b90fa5001e6aa2c68b494ce0e463ee41f012adc201fe412314f84222d44a9fe9a9ab57c127c3eaa0be788080d8a4e762c8e6da3f5e077ff5fdf0cba8bec161a5ad6199def92a', 'c963c35b1425f63bcb459f5c15ef33bc8a6b5215c0494f81a817ab6e006845a8', 1448, 2, 7, '8dbdd426d3f92d55d22d060377862174', '2026-11-30 03:57:09.520511+00', '2026-11-30 03:57:09.431485+00', NULL);
SELECT pg_catalog.setval('public.event_id_seq', 51, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.audit_key
    ADD CONSTRAINT pk_audit_key PRIMARY KEY (organisation_id);
ALTER TABLE ONLY public.challenge
    ADD CONSTRAINT pk_challenge PRIMARY KEY (value);
ALTER TABLE ONLY public.cloud_backup
    ADD CONSTRAINT pk_cloud_backup PRIMARY KEY (id);
ALTER TABLE ONLY public.device
    ADD CONSTRAINT pk_device PRIMARY KEY (id);
ALTER TABLE ONLY public.device_lock
    ADD CONSTRAINT pk_device_lock PRIMARY KEY (device_id, version);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT pk_event PRIMARY KEY (id);
ALTER TABLE ONLY public.event_chain
    ADD CONSTRAINT pk_event_chain PRIMARY KEY (organisation_id);
ALTER TABLE ONLY public.former_share
    ADD CONSTRAINT pk_former_share PRIMARY KEY (id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT pk_hold PRIMARY KEY (id);
ALTER TABLE ONLY public.invite
    ADD CONSTRAINT pk_invite PRIMARY KEY (id);
ALTER TABLE ONLY public.key_removal
    ADD CONSTRAINT pk_key_removal PRIMARY KEY (id);
ALTER TABLE ONLY public.key_succession
    ADD CONSTRAINT pk_key_succession PRIMARY KEY (id);
ALTER TABLE ONLY public.link
    ADD CONSTRAINT pk_link PRIMARY KEY (id);
ALTER TABLE ONLY public.mail_code
    ADD CONSTRAINT pk_mail_code PRIMARY KEY (id);
ALTER TABLE ONLY public.mark
    ADD CONSTRAINT pk_mark PRIMARY KEY (id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT pk_notice PRIMARY KEY (id);
ALTER TABLE ONLY public.one_time_code
    ADD CONSTRAINT pk_one_time_code PRIMARY KEY (id);
ALTER TABLE ONLY public.organisation
    ADD CONSTRAINT pk_organisation PRIMARY KEY (id);
ALTER TABLE ONLY public.organisation_key
    ADD CONSTRAINT pk_organisation_key PRIMARY KEY (id);
ALTER TABLE ONLY public.own_recovery
    ADD CONSTRAINT pk_own_recovery PRIMARY KEY (id);
ALTER TABLE ONLY public.pairing
    ADD CONSTRAINT pk_pairing PRIMARY KEY (id);
ALTER TABLE ONLY public.reset_ask
    ADD CONSTRAINT pk_reset_ask PRIMARY KEY (id);
ALTER TABLE ONLY public.restore_request
    ADD CONSTRAINT pk_restore_request PRIMARY KEY (id);
ALTER TABLE ONLY public.second_factor
    ADD CONSTRAINT pk_second_factor PRIMARY KEY (user_id);
ALTER TABLE ONLY public.sign_in
    ADD CONSTRAINT pk_sign_in PRIMARY KEY (id);
ALTER TABLE ONLY public.tab_key
    ADD CONSTRAINT pk_tab_key PRIMARY KEY (id);
ALTER TABLE ONLY public.throttle_bucket
    ADD CONSTRAINT pk_throttle_bucket PRIMARY KEY (key);
ALTER TABLE ONLY public.undo
    ADD CONSTRAINT pk_undo PRIMARY KEY (id);
ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT pk_user_account PRIMARY KEY (id);
ALTER TABLE ONLY public.vault
    ADD CONSTRAINT pk_vault PRIMARY KEY (user_id, epoch);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT uq_event_organisation_id UNIQUE (organisation_id, number);
ALTER TABLE ONLY public.invite
    ADD CONSTRAINT uq_invite_token_sha256 UNIQUE (token_sha256);
ALTER TABLE ONLY public.key_succession
    ADD CONSTRAINT uq_key_succession_former UNIQUE (former, next);
ALTER TABLE ONLY public.link
    ADD CONSTRAINT uq_link_token_sha256 UNIQUE (token_sha256);
ALTER TABLE ONLY public.mail_code
    ADD CONSTRAINT uq_mail_code_sign_in_id UNIQUE (sign_in_id);
ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT uq_user_account_email UNIQUE (email);
CREATE INDEX ix_challenge_expires_at ON public.challenge USING btree (expires_at);
CREATE INDEX ix_challenge_sign_in_id ON public.challenge USING btree (sign_in_id);
CREATE INDEX ix_cloud_backup_by_time ON public.cloud_backup USING btree (user_id, epoch, made_at);
CREATE INDEX ix_cloud_backup_organisation_key_id ON public.cloud_backup USING btree (organisation_key_id);
CREATE INDEX ix_cloud_backup_user_id ON public.cloud_backup USING btree (user_id);
CREATE INDEX ix_device_user_id ON public.device USING btree (user_id);
CREATE INDEX ix_event_by_actor ON public.event USING btree (organisation_id, actor_id, at, number);
CREATE INDEX ix_event_by_kind ON public.event USING btree (organisation_id, kind, at, number);
CREATE INDEX ix_event_by_subject ON public.event USING btree (organisation_id, subject_id, at, number);
CREATE INDEX ix_event_by_time ON public.event USING btree (organisation_id, at, number);
CREATE INDEX ix_former_share_backup_id ON public.former_share USING btree (backup_id);
CREATE INDEX ix_former_share_organisation_key_id ON public.former_share USING btree (organisation_key_id);
CREATE INDEX ix_hold_user_id ON public.hold USING btree (user_id);
CREATE INDEX ix_invite_by_time ON public.invite USING btree (organisation_id, made_at, id);
CREATE INDEX ix_invite_email ON public.invite USING btree (email);
CREATE INDEX ix_key_removal_state ON public.key_removal USING btree (state, due_at);
CREATE INDEX ix_link_user_id ON public.link USING btree (user_id);
CREATE INDEX ix_mark_admin_id ON public.mark USING btree (admin_id);
CREATE INDEX ix_mark_user_id ON public.mark USING btree (user_id);
CREATE INDEX ix_notice_unsent ON public.notice USING btree (next_try_at, mailed_at);
CREATE INDEX ix_notice_user_id ON public.notice USING btree (user_id);
CREATE INDEX ix_one_time_code_user_id ON public.one_time_code USING btree (user_id);
CREATE INDEX ix_organisation_key_fingerprint ON public.organisation_key USING btree (fingerprint);
CREATE INDEX ix_own_recovery_by_time ON public.own_recovery USING btree (organisation_id, made_at);
CREATE INDEX ix_own_recovery_sign_in_id ON public.own_recovery USING btree (sign_in_id);
CREATE INDEX ix_own_recovery_user_id ON public.own_recovery USING btree (user_id);
CREATE INDEX ix_pairing_device_id ON public.pairing USING btree (device_id);
CREATE INDEX ix_pairing_made_at ON public.pairing USING btree (made_at);
CREATE INDEX ix_pairing_user_id ON public.pairing USING btree (user_id);
CREATE INDEX ix_reset_ask_made_at ON public.reset_ask USING btree (made_at);
CREATE INDEX ix_restore_request_device_id ON public.restore_request USING btree (device_id);
CREATE INDEX ix_restore_request_made_at ON public.restore_request USING btree (made_at);
CREATE INDEX ix_restore_request_state ON public.restore_request USING btree (organisation_id, state);
CREATE INDEX ix_restore_request_user_id ON public.restore_request USING btree (user_id);
CREATE INDEX ix_restore_request_waits_for ON public.restore_request USING btree (waits_for);
CREATE INDEX ix_sign_in_by_time ON public.sign_in USING btree (user_id, created_at);
CREATE INDEX ix_sign_in_user_id ON public.sign_in USING btree (user_id);
CREATE INDEX ix_tab_key_device_id ON public.tab_key USING btree (device_id);
CREATE INDEX ix_tab_key_sign_in_id ON public.tab_key USING btree (sign_in_id);
CREATE INDEX ix_throttle_bucket_filled_at ON public.throttle_bucket USING btree (filled_at);
CREATE INDEX ix_undo_user_id ON public.undo USING btree (user_id);
CREATE INDEX ix_user_account_by_name ON public.user_account USING btree (organisation_id, lower((name)::text), id);
CREATE UNIQUE INDEX uq_hold_open ON public.hold USING btree (user_id) WHERE (lifted_at IS NULL);
CREATE UNIQUE INDEX uq_organisation_key_active ON public.organisation_key USING btree (organisation_id) WHERE ((state)::text = 'active'::text);
CREATE UNIQUE INDEX uq_pairing_open ON public.pairing USING btree (user_id) WHERE ((state)::text = ANY ((ARRAY['answered'::character varying, 'confirmed'::character varying, 'offered'::character varying, 'opened'::character varying])::text[]));
CREATE UNIQUE INDEX uq_restore_request_open ON public.restore_request USING btree (user_id) WHERE ((state)::text = ANY ((ARRAY['approved'::character varying, 'released'::character varying, 'requested'::character varying])::text[]));
ALTER TABLE ONLY public.audit_key
    ADD CONSTRAINT fk_audit_key_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.challenge
    ADD CONSTRAINT fk_challenge_sign_in_id_sign_in FOREIGN KEY (sign_in_id) REFERENCES public.sign_in(id);
ALTER TABLE ONLY public.cloud_backup
    ADD CONSTRAINT fk_cloud_backup_organisation_key_id_organisation_key FOREIGN KEY (organisation_key_id) REFERENCES public.organisation_key(id);
ALTER TABLE ONLY public.cloud_backup
    ADD CONSTRAINT fk_cloud_backup_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.device_lock
    ADD CONSTRAINT fk_device_lock_device_id_device FOREIGN KEY (device_id) REFERENCES public.device(id);
ALTER TABLE ONLY public.device
    ADD CONSTRAINT fk_device_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT fk_event_actor_id_user_account FOREIGN KEY (actor_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.event_chain
    ADD CONSTRAINT fk_event_chain_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT fk_event_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT fk_event_subject_id_user_account FOREIGN KEY (subject_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.former_share
    ADD CONSTRAINT fk_former_share_backup_id_cloud_backup FOREIGN KEY (backup_id) REFERENCES public.cloud_backup(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.former_share
    ADD CONSTRAINT fk_former_share_organisation_key_id_organisation_key FOREIGN KEY (organisation_key_id) REFERENCES public.organisation_key(id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT fk_hold_lifted_by_user_account FOREIGN KEY (lifted_by) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT fk_hold_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT fk_hold_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.invite
    ADD CONSTRAINT fk_invite_made_by_user_account FOREIGN KEY (made_by) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.invite
    ADD CONSTRAINT fk_invite_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.key_removal
    ADD CONSTRAINT fk_key_removal_asked_by_user_account FOREIGN KEY (asked_by) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.key_removal
    ADD CONSTRAINT fk_key_removal_key_id_organisation_key FOREIGN KEY (key_id) REFERENCES public.organisation_key(id);
ALTER TABLE ONLY public.key_removal
    ADD CONSTRAINT fk_key_removal_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.key_succession
    ADD CONSTRAINT fk_key_succession_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.link
    ADD CONSTRAINT fk_link_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.mail_code
    ADD CONSTRAINT fk_mail_code_sign_in_id_sign_in FOREIGN KEY (sign_in_id) REFERENCES public.sign_in(id);
ALTER TABLE ONLY public.mark
    ADD CONSTRAINT fk_mark_admin_id_user_account FOREIGN KEY (admin_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.mark
    ADD CONSTRAINT fk_mark_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT fk_notice_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.one_time_code
    ADD CONSTRAINT fk_one_time_code_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.organisation_key
    ADD CONSTRAINT fk_organisation_key_made_by_user_account FOREIGN KEY (made_by) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.organisation_key
    ADD CONSTRAINT fk_organisation_key_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.own_recovery
    ADD CONSTRAINT fk_own_recovery_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.own_recovery
    ADD CONSTRAINT fk_own_recovery_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.pairing
    ADD CONSTRAINT fk_pairing_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.pairing
    ADD CONSTRAINT fk_pairing_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.restore_request
    ADD CONSTRAINT fk_restore_request_backup_id_cloud_backup FOREIGN KEY (backup_id) REFERENCES public.cloud_backup(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.restore_request
    ADD CONSTRAINT fk_restore_request_decided_by_user_account FOREIGN KEY (decided_by) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.restore_request
    ADD CONSTRAINT fk_restore_request_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.restore_request
    ADD CONSTRAINT fk_restore_request_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.second_factor
    ADD CONSTRAINT fk_second_factor_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.sign_in
    ADD CONSTRAINT fk_sign_in_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.tab_key
    ADD CONSTRAINT fk_tab_key_device_id_device FOREIGN KEY (device_id) REFERENCES public.device(id);
ALTER TABLE ONLY public.tab_key
    ADD CONSTRAINT fk_tab_key_sign_in_id_sign_in FOREIGN KEY (sign_in_id) REFERENCES public.sign_in(id);
ALTER TABLE ONLY public.undo
    ADD CONSTRAINT fk_undo_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
ALTER TABLE ONLY public.user_account
    ADD CONSTRAINT fk_user_account_organisation_id_organisation FOREIGN KEY (organisation_id) REFERENCES public.organisation(id);
ALTER TABLE ONLY public.vault
    ADD CONSTRAINT fk_vault_user_id_user_account FOREIGN KEY (user_id) REFERENCES public.user_account(id);
