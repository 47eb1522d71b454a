/*! Spare Key. Packages in it: vendor/LICENSES.txt */
import{G as e,H as o,K as t,_ as p,ea as m}from"./crypto.js";import{y as r}from"./shared.js";export{o as LEADS_ON,e as RUNNING,t as allDevices,r as current,m as reopen,p as signedFetch};
